package engram.isa.image;

/// One entry of a route table: events of lanes `first` to before `first + count` go to a core,
/// where lane `first` is axon `axon` and the others follow.
public record RouteImage(int first, int count, int core, int axon) {}
