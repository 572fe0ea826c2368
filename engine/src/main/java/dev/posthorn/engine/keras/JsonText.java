package dev.posthorn.engine.keras;

import java.io.StringWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/** Writes the trees of {@link Json} as text on one line; NaN and infinities as Python does: {@code NaN}, {@code -Infinity}. */
public final class JsonText {
  private JsonText() {}

  /**
   * The text of a tree of Map, Iterable, CharSequence, Number, Boolean and null.
   *
   * @throws IllegalArgumentException for any other value
   */
  public static String of(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out =
        JsonFactory.builder()
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .build()
            .createGenerator(ObjectWriteContext.empty(), text)) {
      write(value, out);
    }
    return text.toString();
  }

  private static void write(@Nullable Object value, JsonGenerator out) {
    switch (value) {
      case null -> out.writeNull();
      case Map<?, ?> map -> {
        out.writeStartObject();
        map.forEach(
            (key, item) -> {
              out.writeName(String.valueOf(key));
              write(item, out);
            });
        out.writeEndObject();
      }
      case Iterable<?> list -> {
        out.writeStartArray();
        list.forEach(item -> write(item, out));
        out.writeEndArray();
      }
      case CharSequence text -> out.writeString(text.toString());
      case Boolean flag -> out.writeBoolean(flag);
      case Float number -> out.writeNumber(number);
      case Double number -> out.writeNumber(number);
      case Number number -> out.writeNumber(number.longValue());
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass().getName());
    }
  }
}
