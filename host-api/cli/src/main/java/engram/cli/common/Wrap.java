package engram.cli.common;

/// Text for a terminal of 80 columns.
public final class Wrap {
  private static final int COLUMNS = 79;

  private Wrap() {}

  /// Breaks a text at blanks.
  ///
  /// @param title in front of the first line; the others start below its end
  public static String after(String title, String text) {
    var wrapped = new StringBuilder(title);
    int column = title.length();
    for (String word : text.split(" ")) {
      if (column + word.length() > COLUMNS && column > title.length()) {
        wrapped.append('\n').repeat(' ', title.length());
        column = title.length();
      }
      if (column > title.length()) {
        wrapped.append(' ');
        column++;
      }
      wrapped.append(word);
      column += word.length();
    }
    return wrapped.toString();
  }
}
