package engram.cli.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import engram.cli.common.CommandException;
import engram.firmware.recipe.Recipe;

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
  static TrainingState parse(String note) {
    try {
      return JSON.readValue(note, TrainingState.class);
    } catch (JsonProcessingException e) {
      throw CommandException.failed(
          "the snapshot is of no training run: its note is: "
              + note.lines().findFirst().orElse(""));
    }
  }
}
