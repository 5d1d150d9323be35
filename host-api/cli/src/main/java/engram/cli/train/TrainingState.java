package engram.cli.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import engram.chip.Chip;
import engram.chip.Snapshot;
import engram.cli.common.CommandException;
import engram.cli.data.DataStore;
import engram.firmware.recipe.Recipe;
import java.nio.file.Path;

/// How far a training run has come: what a snapshot notes beside the chip.
///
/// @param dataSet name or folder of the data set
/// @param trainSamples training images of an epoch
/// @param epoch epochs that are complete
/// @param sample samples of the next epoch that are done
record TrainingState(
    String dataSet, Recipe recipe, long seed, int trainSamples, int epoch, int sample) {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  TrainingState at(int epoch, int sample) {
    return new TrainingState(dataSet, recipe, seed, trainSamples, epoch, sample);
  }

  TrainingState with(Recipe recipe) {
    return new TrainingState(dataSet, recipe, seed, trainSamples, epoch, sample);
  }

  String note() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Reads the note of a snapshot.
  ///
  /// @param file that the snapshot is from, for messages
  static TrainingState of(Path file, Snapshot snapshot) {
    try {
      return JSON.readValue(snapshot.note(), TrainingState.class);
    } catch (JsonProcessingException e) {
      throw CommandException.failed(
          "%s: network %s is of no training run (expected: a file of engram train --save)"
              .formatted(file, snapshot.image().network()));
    }
  }

  /// Refuses a chip that has not been trained on images of such a shape.
  void requireFit(Path file, Chip chip, DataStore.Loaded data) {
    var port =
        chip.image()
            .samples()
            .orElseThrow(() ->
                CommandException.failed(
                    "%s: network %s takes no samples".formatted(file, chip.image().network())));
    require(file, "values of a sample", chip.size(port.data()), data.train().size(), data);
    require(file, "classes", chip.size(port.vote()), data.classes(), data);
    if (trainSamples > data.train().count()) {
      throw CommandException.failed(
          "%s: training images: %d (expected: at most %d, as many as %s has)"
              .formatted(file, trainSamples, data.train().count(), data.name()));
    }
  }

  private static void require(
      Path file, String what, int found, int expected, DataStore.Loaded data) {
    if (found != expected) {
      throw CommandException.failed(
          "%s: %s: %d (expected: %d, as %s has)"
              .formatted(file, what, found, expected, data.name()));
    }
  }
}
