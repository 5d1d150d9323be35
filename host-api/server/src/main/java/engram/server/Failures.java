package engram.server;

import engram.chip.ChipStop;
import engram.chip.SnapshotException;
import engram.chip.UnknownNameException;
import engram.firmware.network.NetworkException;
import engram.isa.assembler.AssemblyException;
import engram.isa.image.ImageException;
import engram.isa.verify.VerificationException;
import engram.protocol.v1.Code;
import engram.protocol.v1.Request;
import engram.protocol.v1.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/// What a client is told of a failure.
final class Failures {
  private static final Logger LOG = System.getLogger(Failures.class.getName());

  /// Longest text of a status, in characters, and most reasons: a small request can have a million
  /// faults, and quote itself in each.
  private static final int MOST_TEXT = 4000;

  private static final int MOST_REASONS = 100;

  private Failures() {}

  /// The status of a call that threw.
  static Status status(Request request, Throwable failure) {
    var status = plain(request, failure);
    String subject = status.getSubject().isEmpty() ? subject(request) : status.getSubject();
    var bounded =
        status.toBuilder()
            .setMessage(shortened(status.getMessage()))
            .setSubject(shortened(subject))
            .clearReasons();
    int reasons = status.getReasonsCount();
    for (int i = 0; i < Math.min(reasons, MOST_REASONS); i++) {
      bounded.addReasons(shortened(status.getReasons(i)));
    }
    if (reasons > MOST_REASONS) {
      bounded.addReasons("and %d more".formatted(reasons - MOST_REASONS));
    }
    return bounded.build();
  }

  private static String shortened(String text) {
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "...";
  }

  private static Status plain(Request request, Throwable failure) {
    return switch (failure) {
      case CallException e -> e.status();
      case UnknownNameException e -> status(Code.CODE_NOT_FOUND, e).setSubject(e.name()).build();
      case NetworkException e ->
          status(Code.CODE_INVALID_ARGUMENT, e).addAllReasons(e.reasons()).build();
      case ImageException e ->
          status(Code.CODE_FAILED_PRECONDITION, e).addAllReasons(e.reasons()).build();
      case AssemblyException e -> status(Code.CODE_INVALID_ARGUMENT, e).build();
      case VerificationException e -> status(Code.CODE_INVALID_ARGUMENT, e).build();
      case SnapshotException e -> status(Code.CODE_DATA_LOSS, e).build();
      case ChipStop e -> status(Code.CODE_FAILED_PRECONDITION, e).build();
      case IllegalArgumentException e -> status(Code.CODE_INVALID_ARGUMENT, e).build();
      case IllegalStateException e -> status(Code.CODE_FAILED_PRECONDITION, e).build();
      case UncheckedIOException e -> io(e.getCause());
      case IOException e -> io(e);
      case StackOverflowError _ ->
          Status.newBuilder()
              .setCode(Code.CODE_INVALID_ARGUMENT)
              .setMessage("something in the request is nested too deeply")
              .build();
      case OutOfMemoryError _ ->
          Status.newBuilder()
              .setCode(Code.CODE_RESOURCE_EXHAUSTED)
              .setMessage("the server has no memory for that: ask for less, or start it with more")
              .build();
      default -> {
        LOG.log(Level.ERROR, "call " + request.getCallCase(), failure);
        yield Status.newBuilder()
            .setCode(Code.CODE_INTERNAL)
            .setMessage("a fault of the server's own; its log tells more: " + failure)
            .build();
      }
    };
  }

  private static Status.Builder status(Code code, Exception e) {
    return Status.newBuilder().setCode(code).setMessage(String.valueOf(e.getMessage()));
  }

  private static Status io(IOException e) {
    return status(Code.CODE_RESOURCE_EXHAUSTED, e)
        .setMessage("the server's store: " + reason(e))
        .build();
  }

  /// What went wrong with a file, without the folder that it lies in, which is no client's
  /// business.
  private static String reason(IOException e) {
    if (!(e instanceof FileSystemException file)) {
      return e.getMessage();
    }
    String what = file.getReason() == null ? file.getClass().getSimpleName() : file.getReason();
    return file.getFile() == null ? what : Path.of(file.getFile()).getFileName() + ": " + what;
  }

  /// The part of the network that a request is about.
  private static String subject(Request request) {
    return switch (request.getCallCase()) {
      case INJECT -> request.getInject().getPopulation();
      case SUBSCRIBE -> request.getSubscribe().getPopulation();
      case READ ->
          switch (request.getRead().getWhatCase()) {
            case FIELD -> request.getRead().getField().getPopulation();
            case SYNAPSES -> request.getRead().getSynapses().getProjection();
            case REGISTER -> request.getRead().getRegister();
            case WHAT_NOT_SET -> "";
          };
      case WRITE ->
          switch (request.getWrite().getWhatCase()) {
            case FIELD -> request.getWrite().getField().getPopulation();
            case WEIGHTS -> request.getWrite().getWeights().getProjection();
            case REGISTER -> request.getWrite().getRegister().getName();
            case CLOCK, WHAT_NOT_SET -> "";
          };
      case PROBE ->
          switch (request.getProbe().getWhatCase()) {
            case FIELD -> request.getProbe().getField().getPopulation();
            case SYNAPSES -> request.getProbe().getSynapses().getProjection();
            case REGISTER -> request.getProbe().getRegister();
            case COUNTERS, WHAT_NOT_SET -> "";
          };
      case UDP_INPUT -> request.getUdpInput().getPopulation();
      case UDP_OUTPUT -> request.getUdpOutput().getPopulation();
      case SAVE -> request.getSave().getName();
      case RESTORE -> request.getRestore().getName();
      case UPLOAD -> request.getUpload().getName();
      case DOWNLOAD -> request.getDownload().getName();
      case REMOVE -> request.getRemove().getName();
      case LEASE -> request.getLease().getPreset();
      default -> "";
    };
  }
}
