package engram.client;

/// A file in the server's store.
public record StoredFile(String name, long bytes) {}
