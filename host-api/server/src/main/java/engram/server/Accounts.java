package engram.server;

import engram.protocol.v1.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// Who may use a server. A token file has a line each:
///
/// ```
/// NAME TOKEN [chips=N] [bytes=N] [events=N]
/// ```
///
/// `events` is a second. Lines that start with `#` are left out. Only digests of tokens are kept.
final class Accounts {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,50}");
  private static final int SHORTEST_TOKEN = 16;
  private static final String EVERYBODY = "everybody";

  private final List<Entry> entries = new ArrayList<>();
  private final Account everybody;

  private record Entry(byte[] digest, Account account) {}

  private Accounts(Account everybody) {
    this.everybody = everybody;
  }

  /// Everybody may do everything.
  static Accounts open(Path data) {
    return new Accounts(
        new Account(
            EVERYBODY, Account.Quota.ALL, new Store(data.resolve(EVERYBODY), Long.MAX_VALUE / 2)));
  }

  /// Reads a token file.
  ///
  /// @throws IllegalArgumentException with file and line of what is wrong; no token is shown
  static Accounts read(Path file, Path data) throws IOException {
    var accounts = new Accounts(null);
    var names = new HashSet<String>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      String where = file + ":" + number + ": ";
      String[] words = text.split("\\s+", -1);
      if (words.length < 2 || !NAME.matcher(words[0]).matches()) {
        throw new IllegalArgumentException(
            where + "no account (expected: NAME TOKEN [chips=N] [bytes=N] [events=N])");
      }
      if (words[1].length() < SHORTEST_TOKEN) {
        throw new IllegalArgumentException(
            where
                + "token of %s: %d characters (expected: at least %d)"
                    .formatted(words[0], words[1].length(), SHORTEST_TOKEN));
      }
      if (!names.add(words[0])) {
        throw new IllegalArgumentException(where + "account " + words[0] + " is there twice");
      }
      var quota = quota(where, words);
      accounts.entries.add(
          new Entry(
              sha256(words[1]),
              new Account(words[0], quota, new Store(data.resolve(words[0]), quota.bytes()))));
    }
    if (accounts.entries.isEmpty()) {
      throw new IllegalArgumentException(file + ": no account (expected: at least one)");
    }
    return accounts;
  }

  private static Account.Quota quota(String where, String[] words) {
    long chips = Account.Quota.ALL.chips();
    long bytes = Account.Quota.ALL.bytes();
    long events = Account.Quota.ALL.eventsPerSecond();
    for (int i = 2; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      String key = equals < 0 ? words[i] : words[i].substring(0, equals);
      long value = -1;
      try {
        value = Long.parseLong(words[i].substring(equals + 1));
      } catch (NumberFormatException e) {
        // What is no number is told like one that is out of range.
      }
      // The word itself may be a piece of a token.
      var wrong =
          new IllegalArgumentException(
              where + "word " + (i + 1) + " (expected: chips=N, bytes=N or events=N)");
      if (value < 0 || equals < 0) {
        throw wrong;
      }
      switch (key) {
        case "chips" -> chips = Math.min(value, chips);
        case "bytes" -> bytes = Math.min(value, bytes);
        case "events" -> events = value;
        default -> throw wrong;
      }
    }
    return new Account.Quota((int) chips, bytes, events);
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A server starts: what an earlier one has left half done goes.
  void clean() throws IOException {
    if (everybody != null) {
      everybody.clean();
    }
    for (var entry : entries) {
      entry.account().clean();
    }
  }

  /// The account of a token, found in a time that does not tell how much of it was right.
  Account of(String token) {
    if (everybody != null) {
      return everybody;
    }
    byte[] given = sha256(token);
    Account found = null;
    for (var entry : entries) {
      if (MessageDigest.isEqual(entry.digest(), given)) {
        found = entry.account();
      }
    }
    if (found == null) {
      throw new CallException(
          Code.CODE_UNAUTHENTICATED,
          token.isEmpty()
              ? "no token (expected: one; the server's owner hands them out)"
              : "the token is unknown");
    }
    return found;
  }
}
