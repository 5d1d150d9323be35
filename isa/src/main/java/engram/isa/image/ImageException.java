package engram.isa.image;

import java.util.List;

/// A chip refuses an image, or bytes are no image; carries every reason found.
public final class ImageException extends RuntimeException {
  private final transient List<String> reasons;

  public ImageException(String what, List<String> reasons) {
    super(what + "\n  " + String.join("\n  ", reasons));
    this.reasons = List.copyOf(reasons);
  }

  public List<String> reasons() {
    return reasons;
  }
}
