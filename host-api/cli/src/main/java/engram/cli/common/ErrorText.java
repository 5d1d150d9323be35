package engram.cli.common;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// What to tell a person about a failure of the file system.
public final class ErrorText {
  private ErrorText() {}

  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException file -> file.getFile() + ": no such file";
      case AccessDeniedException file -> file.getFile() + ": permission denied";
      case FileAlreadyExistsException file ->
          file.getFile() + ": exists and is no folder; choose another name or move it away";
      case NotDirectoryException file -> file.getFile() + ": no folder";
      case FileSystemException file ->
          file.getFile() + ": " + (file.getReason() == null ? "failed" : file.getReason());
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }
}
