package engram.server;

import com.google.protobuf.ByteString;
import engram.protocol.v1.Code;
import engram.protocol.v1.FilesResponse;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;

/// The files of one token: a folder without folders. What a client calls a file never names
/// anything outside of it; a file is there whole or not at all.
final class Store {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
  private static final String UPLOAD = ".upload-";
  private static final String PART = ".part-";
  private static final int PIECE = 1 << 20;
  private static final int MOST_PIECE = 4 << 20;

  /// Files of a token, begun uploads included: even empty ones take room in a file system.
  private static final int MOST_FILES = 10_000;

  private final Path folder;
  private final long quota;

  /// @param quota bytes that all files together may have
  Store(Path folder, long quota) {
    this.folder = folder;
    this.quota = quota;
  }

  /// Writes the bytes of a file.
  @FunctionalInterface
  interface Writer {
    void write(OutputStream out) throws IOException;
  }

  private Path path(String prefix, String name) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "file name: %s (expected: 1 to 100 of A-Z, a-z, 0-9, '.', '_', '-', not with '.' first)",
          name.length() > 100 ? name.substring(0, 100) + "..." : name);
    }
    Files.createDirectories(folder);
    return folder.resolve(prefix + name);
  }

  /// Writes a file in place of one that may be there; returns its bytes.
  synchronized long write(String name, Writer writer) throws IOException {
    Path target = path("", name);
    Path part = path(PART, name);
    requireFew(target);
    long room = quota - used() + size(target);
    try {
      try (var out = new Bounded(Files.newOutputStream(part), name, room)) {
        writer.write(out);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return Files.size(target);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /// Refuses what goes over the quota.
  private static final class Bounded extends FilterOutputStream {
    private final String name;
    private final long room;
    private long written;

    Bounded(OutputStream out, String name, long room) {
      super(new BufferedOutputStream(out, 1 << 16));
      this.name = name;
      this.room = room;
    }

    private void count(int bytes) {
      written += bytes;
      if (written > room) {
        throw full(name, written, room);
      }
    }

    @Override
    public void write(int b) throws IOException {
      count(1);
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      count(length);
      out.write(bytes, from, length);
    }
  }

  private void requireFew(Path fresh) throws IOException {
    if (Files.exists(fresh, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var files = Files.list(folder)) {
      if (files.limit(MOST_FILES).count() == MOST_FILES) {
        throw CallException.of(
            Code.CODE_RESOURCE_EXHAUSTED,
            "files: %d (expected: at most %d; remove some)",
            MOST_FILES + 1,
            MOST_FILES);
      }
    }
  }

  /// Removes what a server that was killed left half written: no client can see it, and it counts.
  void clean() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> parts;
    try (var files = Files.list(folder)) {
      parts = files.filter(file -> file.getFileName().toString().startsWith(PART)).toList();
    }
    for (Path part : parts) {
      Files.deleteIfExists(part);
    }
  }

  private static CallException full(String name, long bytes, long room) {
    return CallException.of(
        Code.CODE_RESOURCE_EXHAUSTED,
        "file %s: %d bytes (expected: at most %d, what is left of the quota; remove files)",
        name,
        bytes,
        Math.max(0, room));
  }

  private long used() throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (var files = Files.list(folder)) {
      return files.mapToLong(Store::size).sum();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Opens a file for reading.
  synchronized InputStream read(String name) throws IOException {
    Path file = path("", name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw missing(name);
    }
    return Files.newInputStream(file);
  }

  private static CallException missing(String name) {
    return CallException.of(Code.CODE_NOT_FOUND, "file %s: the store has none of that name", name);
  }

  /// Takes a piece of a file; returns the bytes that are there.
  synchronized long upload(String name, long offset, ByteString data, boolean last)
      throws IOException {
    Path target = path("", name);
    Path upload = path(UPLOAD, name);
    long have = offset == 0 ? 0 : size(upload);
    requireFew(upload);
    if (offset != have) {
      throw CallException.of(
          Code.CODE_OUT_OF_RANGE, "offset: %d (expected: %d, what is there)", offset, have);
    }
    long room = quota - used() + (offset == 0 ? size(upload) : 0) + (last ? size(target) : 0);
    if (data.size() > room) {
      throw full(name, offset + data.size(), offset + room);
    }
    try (var channel =
        FileChannel.open(
            upload,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            offset == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND)) {
      for (ByteBuffer piece : data.asReadOnlyByteBufferList()) {
        while (piece.hasRemaining()) {
          channel.write(piece);
        }
      }
    } catch (IOException e) {
      Files.deleteIfExists(upload);
      throw e;
    }
    if (last) {
      Files.move(
          upload, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return offset + data.size();
  }

  /// A piece of a file, empty at its end.
  synchronized ByteString download(String name, long offset, int most) throws IOException {
    try (var in = read(name)) {
      if (offset < 0) {
        throw CallException.of(
            Code.CODE_OUT_OF_RANGE,
            "offset: %s (expected: at most %d)",
            Long.toUnsignedString(offset),
            bytes(name));
      }
      in.skipNBytes(Math.min(offset, bytes(name)));
      return ByteString.copyFrom(
          in.readNBytes(most == 0 ? PIECE : Math.clamp(most & 0xFFFF_FFFFL, 1, MOST_PIECE)));
    }
  }

  /// Bytes of a file.
  synchronized long bytes(String name) throws IOException {
    return size(path("", name));
  }

  synchronized List<FilesResponse.File> files() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .sorted()
          .map(file ->
              FilesResponse.File.newBuilder()
                  .setName(file.getFileName().toString())
                  .setBytes(size(file))
                  .build())
          .toList();
    }
  }

  synchronized void remove(String name) throws IOException {
    boolean begun = Files.deleteIfExists(path(UPLOAD, name));
    if (!Files.deleteIfExists(path("", name)) && !begun) {
      throw missing(name);
    }
  }
}
