package engram.isa.image;

/// Where cores lie: a grid of routers with some cores at each. Core 0 is at router (0, 0); the
/// cores of a router follow each other, then the routers of a row, then the rows. The host's link
/// ends at router (0, 0).
public record Mesh(int columns, int rows, int coresPerRouter) {
  public Mesh {
    if (columns < 1 || rows < 1 || coresPerRouter < 1) {
      throw new IllegalArgumentException(
          "mesh: " + columns + " x " + rows + " x " + coresPerRouter + " (expected: at least 1)");
    }
  }

  public int cores() {
    return columns * rows * coresPerRouter;
  }

  public int routers() {
    return columns * rows;
  }

  public int routerOf(int core) {
    return core / coresPerRouter;
  }

  public int column(int router) {
    return router % columns;
  }

  public int row(int router) {
    return router / columns;
  }
}
