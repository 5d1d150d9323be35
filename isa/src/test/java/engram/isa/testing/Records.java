package engram.isa.testing;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/// Copies of records with some components replaced.
public final class Records {
  private Records() {}

  /// @param namesAndValues component names, each with its new value behind it
  @SuppressWarnings("unchecked")
  public static <R extends Record> R with(R record, Object... namesAndValues) {
    var components = record.getClass().getRecordComponents();
    var values = new Object[components.length];
    int replaced = 0;
    try {
      for (int i = 0; i < components.length; i++) {
        var accessor = components[i].getAccessor();
        accessor.setAccessible(true);
        values[i] = accessor.invoke(record);
        for (int j = 0; j < namesAndValues.length; j += 2) {
          if (components[i].getName().equals(namesAndValues[j])) {
            values[i] = namesAndValues[j + 1];
            replaced++;
          }
        }
      }
      if (replaced != namesAndValues.length / 2) {
        throw new IllegalArgumentException(Arrays.toString(namesAndValues));
      }
      var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      return (R) record.getClass().getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
