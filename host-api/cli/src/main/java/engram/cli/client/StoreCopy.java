package engram.cli.client;

import engram.client.Code;
import engram.client.EngramException;
import engram.client.Store;
import java.util.UUID;

/// A file in the server's store for the time of a command, under a name that nobody else uses.
final class StoreCopy implements AutoCloseable {
  private final Store store;
  private final String name = "client-" + UUID.randomUUID();

  StoreCopy(Store store) {
    this.store = store;
  }

  Store store() {
    return store;
  }

  String name() {
    return name;
  }

  @Override
  public void close() {
    try {
      store.remove(name);
    } catch (EngramException e) {
      // What was never written, or can't be reached any more, is not worth a second message.
      if (e.code() != Code.NOT_FOUND && e.code() != Code.UNAVAILABLE) {
        throw e;
      }
    }
  }
}
