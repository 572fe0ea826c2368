package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * JSON as an immutable tree: Map (in the order of the text), List, String, Long, Double, Boolean, null. As Python reads
 * and writes it: NaN and Infinity are numbers, and of equal keys the last one wins. Integers beyond 64 bits become
 * Double. Nesting and length are bounded by a {@link Budget}; nothing recurses.
 */
public final class Json {
  private static final int NUMBER_LENGTH = 1_000;
  private static final int NAME_LENGTH = 50_000;

  private Json() {}

  /**
   * Reads a document of UTF-8 text.
   *
   * @param what the document, for messages: {@code config.json of m.keras}
   * @throws InferenceException INVALID_MODEL if it is no JSON, TOO_LARGE if it is over the budget
   */
  public static @Nullable Object parse(byte[] text, String what, Budget budget) {
    return parse(text, what, budget, Reason.INVALID_MODEL);
  }

  /** As {@link #parse(byte[], String, Budget)}, failing with another reason where the text is no model's. */
  public static @Nullable Object parse(byte[] text, String what, Budget budget, Reason reason) {
    Budget.check("model-bytes", budget.bytes(), text.length, what + ": bytes");
    try (JsonParser parser = factory().createParser(ObjectReadContext.empty(), text)) {
      return document(parser, what, budget);
    } catch (StreamConstraintsException e) {
      throw new InferenceException(Reason.TOO_LARGE, Map.of(), what + ": " + e.getOriginalMessage(), e);
    } catch (JacksonException e) {
      throw invalid(reason, what, e);
    }
  }

  /** As {@link #parse(byte[], String, Budget)}, for text that was decoded already. */
  public static @Nullable Object parse(String text, String what, Budget budget) {
    Budget.check("model-bytes", budget.bytes(), text.length(), what + ": characters");
    try (JsonParser parser = factory().createParser(ObjectReadContext.empty(), text)) {
      return document(parser, what, budget);
    } catch (StreamConstraintsException e) {
      throw new InferenceException(Reason.TOO_LARGE, Map.of(), what + ": " + e.getOriginalMessage(), e);
    } catch (JacksonException e) {
      throw invalid(Reason.INVALID_MODEL, what, e);
    }
  }

  private static InferenceException invalid(Reason reason, String what, JacksonException e) {
    String place =
        e.getLocation() == null
            ? ""
            : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
    String problem = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    return new InferenceException(reason, Map.of(), what + " is not valid JSON" + place + ": " + problem, e);
  }

  private static JsonFactory factory() {
    return JsonFactory.builder()
        .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
        .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNumberLength(NUMBER_LENGTH)
                .maxNameLength(NAME_LENGTH)
                .build())
        .build();
  }

  /** A container that is being filled; of the two, one is null. */
  private record Open(
      @Nullable Map<String, @Nullable Object> map, @Nullable List<@Nullable Object> list, @Nullable String name) {}

  private static @Nullable Object document(JsonParser parser, String what, Budget budget) {
    Deque<Open> around = new ArrayDeque<>();
    Map<String, @Nullable Object> map = null;
    List<@Nullable Object> list = null;
    String name = null;
    while (true) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        throw new InferenceException(Reason.INVALID_MODEL, what + " is not valid JSON: it ends too early");
      }
      Object value;
      switch (token) {
        case PROPERTY_NAME -> {
          name = parser.currentName();
          continue;
        }
        case START_OBJECT, START_ARRAY -> {
          around.push(new Open(map, list, name));
          Budget.check("json-depth", budget.jsonDepth(), around.size(), what + ": nesting");
          map = token == JsonToken.START_OBJECT ? new LinkedHashMap<>() : null;
          list = token == JsonToken.START_ARRAY ? new ArrayList<>() : null;
          continue;
        }
        case END_OBJECT, END_ARRAY -> {
          value = map != null ? Collections.unmodifiableMap(map) : frozen(list);
          Open outer = around.pop();
          map = outer.map();
          list = outer.list();
          name = outer.name();
        }
        default -> value = scalar(parser, token);
      }
      if (map != null) {
        map.put(String.valueOf(name), value);
      } else if (list != null) {
        list.add(value);
      } else {
        if (parser.nextToken() != null) {
          throw new InferenceException(
              Reason.INVALID_MODEL, what + " is not valid JSON: there is text after the document");
        }
        return value;
      }
    }
  }

  private static List<@Nullable Object> frozen(@Nullable List<@Nullable Object> list) {
    return list == null ? List.of() : Collections.unmodifiableList(list);
  }

  private static @Nullable Object scalar(JsonParser parser, JsonToken token) {
    return switch (token) {
      case VALUE_STRING -> parser.getString();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? (Object) parser.getBigIntegerValue().doubleValue()
              : (Object) parser.getLongValue();
      default -> null;
    };
  }

  /** The kind of a value, for messages: {@code an object}, {@code a list}, {@code null}, {@code the text "x"}. */
  public static String kind(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> map -> "an object";
      case List<?> list -> "a list";
      case String text -> "the text \"" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "\"";
      default -> String.valueOf(value);
    };
  }

  /**
   * The value as an object.
   *
   * @throws InferenceException INVALID_MODEL naming the place
   */
  @SuppressWarnings("unchecked")
  public static Map<String, @Nullable Object> object(@Nullable Object value, String place) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw expected("an object", value, place);
  }

  /**
   * The value as a list.
   *
   * @throws InferenceException INVALID_MODEL naming the place
   */
  @SuppressWarnings("unchecked")
  public static List<@Nullable Object> list(@Nullable Object value, String place) {
    if (value instanceof List<?> list) {
      return (List<@Nullable Object>) list;
    }
    throw expected("a list", value, place);
  }

  /**
   * The value as text.
   *
   * @throws InferenceException INVALID_MODEL naming the place
   */
  public static String string(@Nullable Object value, String place) {
    if (value instanceof String text) {
      return text;
    }
    throw expected("a text", value, place);
  }

  private static InferenceException expected(String kind, @Nullable Object value, String place) {
    return new InferenceException(
        Reason.INVALID_MODEL,
        Map.of("expected", kind, "actual", kind(value)),
        place + ": expected " + kind + ", got " + kind(value));
  }
}
