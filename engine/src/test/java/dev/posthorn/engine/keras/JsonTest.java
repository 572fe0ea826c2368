package dev.posthorn.engine.keras;

import static dev.posthorn.engine.keras.Golden.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.engine.Budget;
import dev.posthorn.spi.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  private static Object parse(String text) {
    return Json.parse(text, "x.json", Budget.DEFAULT);
  }

  @Test
  void keepsOrderAndKinds() {
    Map<String, Object> root = Json.object(parse("{\"b\": 1, \"a\": [1.5, null, true, \"é\"], \"c\": {}}"), "x");
    assertThat(root.keySet()).containsExactly("b", "a", "c");
    assertThat(root.get("b")).isEqualTo(1L);
    assertThat(root.get("a")).isEqualTo(Arrays.asList(1.5, null, true, "é"));
    assertThatThrownBy(() -> root.put("d", 1)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void readsNumbersAsPythonWritesThem() {
    assertThat(parse("[NaN, Infinity, -Infinity, 4611686018427387904, 123456789012345678901234567890, 1e-7]"))
        .isEqualTo(
            List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1L << 62, 1.2345678901234568e29, 1e-7));
  }

  @Test
  void takesTheLastOfEqualKeys() {
    assertThat(parse("{\"a\": 1, \"a\": 2}")).isEqualTo(Map.of("a", 2L));
  }

  @Test
  void writesWhatItReads() {
    String text = "{\"a\":[1,2.5,NaN,-Infinity,null,\"q\\\"\\n\"],\"b\":{\"c\":true}}";
    assertThat(JsonText.of(parse(text))).isEqualTo(text);
    assertThat(JsonText.of(List.of(0.1f, 7))).isEqualTo("[0.1,7]");
  }

  @Test
  void refusesWhatIsNoJsonNamingThePlace() {
    assertRefused(() -> parse("{\"a\": }"), Reason.INVALID_MODEL, "x.json is not valid JSON at line 1, column 7");
    assertRefused(() -> parse("{} x"), Reason.INVALID_MODEL, "x.json is not valid JSON");
    assertRefused(() -> parse("{} {}"), Reason.INVALID_MODEL, "text after the document");
    assertRefused(() -> parse("{\"a\": ["), Reason.INVALID_MODEL, "x.json is not valid JSON");
    assertRefused(() -> parse(""), Reason.INVALID_MODEL, "ends too early");
    byte[] latin = {'"', (byte) 0xe9, '"'};
    assertRefused(() -> Json.parse(latin, "x.json", Budget.DEFAULT), Reason.INVALID_MODEL, "x.json");
    assertRefused(
        () -> Json.parse(latin, "x.json", Budget.DEFAULT, Reason.INVALID_ARGUMENT), Reason.INVALID_ARGUMENT, "x.json");
  }

  @Test
  void boundsNestingWithoutRecursion() {
    String deep = "[".repeat(600) + "]".repeat(600);
    assertRefused(() -> parse(deep), Reason.TOO_LARGE, "nesting", "--limit json-depth");
    Budget deeper = new Budget(1 << 30, 200, 2_000_000, 100, 100);
    String deepest = "[".repeat(1_000_000) + "]".repeat(1_000_000);
    assertThat(Json.parse(deepest, "x.json", deeper)).isInstanceOf(List.class);
  }
}
