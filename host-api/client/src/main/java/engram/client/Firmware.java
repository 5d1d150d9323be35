package engram.client;

import com.google.protobuf.ByteString;
import engram.protocol.v1.LoadRequest;
import java.util.Map;

/// What can be loaded into a chip: an image, a network, or a network by recipe.
public final class Firmware {
  private final LoadRequest request;

  private Firmware(LoadRequest.Builder request) {
    this.request = request.build();
  }

  /// A chip image.
  public static Firmware image(byte[] image) {
    return new Firmware(LoadRequest.newBuilder().setImage(ByteString.copyFrom(image)));
  }

  /// A chip image in the server's store.
  public static Firmware stored(String name) {
    return new Firmware(LoadRequest.newBuilder().setStoredImage(name));
  }

  /// A network, which the server maps.
  ///
  /// @param yaml description
  /// @param programs sources of the programs that the description names as `./NAME`, by `NAME`
  public static Firmware network(String yaml, Map<String, String> programs) {
    return new Firmware(
        LoadRequest.newBuilder()
            .setNetwork(LoadRequest.Network.newBuilder().setYaml(yaml).putAllPrograms(programs)));
  }

  /// A network of a recipe that comes with the server, such as `mnist`.
  ///
  /// @param inputs values of a sample
  /// @param settings other than the recipe's own, by their names in recipe files
  /// @param seed of initial weights and draws
  public static Firmware recipe(
      String name, int inputs, int classes, Map<String, String> settings, long seed) {
    return new Firmware(
        LoadRequest.newBuilder()
            .setRecipe(
                LoadRequest.Recipe.newBuilder()
                    .setName(name)
                    .setInputs(inputs)
                    .setClasses(classes)
                    .putAllSettings(settings)
                    .setSeed(seed)));
  }

  LoadRequest request() {
    return request;
  }
}
