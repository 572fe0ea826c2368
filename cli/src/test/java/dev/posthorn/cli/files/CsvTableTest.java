package dev.posthorn.cli.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Port;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTableTest {
  private static final NamedFile FILE = new NamedFile("", Path.of("t.csv"));

  private static Port port(DType dtype, int... dims) {
    return new Port("x", "input_0", new TensorSpec(dtype, Shape.of(dims)), List.of(), false);
  }

  private static ArrayTensor read(String text, DType dtype, int... dims) {
    CsvTable table = CsvTable.of(FILE, text);
    return table.tensor(table.allColumns(), port(dtype, dims));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,2\n3,4\n", "1,2\r\n3,4", "\uFEFF1,2\r3,4\n\n", "a,b\n1,2\n3,4", "\"1\",\"2\"\n3,4"})
  void readsRowsWithAnyLineEndingAndWithOrWithoutAHeader(String text) {
    ArrayTensor tensor = read(text, DType.FLOAT32, -1, 2);

    assertThat(tensor.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(Arrays.copyOf(tensor.floats(), 4)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void readsQuotedFieldsAsRfc4180Says() {
    ArrayTensor tensor = read("h\n\"a \"\"b\"\", c\"\n\"two\nlines\"\n\"\"\n", DType.STRING, -1, 1);

    assertThat(Arrays.copyOf(tensor.strings(), 3)).containsExactly("a \"b\", c", "two\nlines", "");
  }

  @Test
  void fillsTheShapeOfTheInput() {
    assertThat(read("1,2,3,4\n", DType.FLOAT32, -1, 2, 2).shape()).isEqualTo(Shape.of(1, 2, 2));
    assertThat(read("1,2,3,4\n", DType.FLOAT32, -1, -1, 2).shape()).isEqualTo(Shape.of(1, 2, 2));
    assertThat(read("1\n2\n", DType.INT32, -1).shape()).isEqualTo(Shape.of(2));
    assertThat(read("a,b\n", DType.FLOAT32, -1, 2).shape()).isEqualTo(Shape.of(0, 2));
  }

  @Test
  void knowsInfinityAndLargeIntegers() {
    ArrayTensor floats = read("inf,-Infinity,1e-3\n", DType.FLOAT32, -1, 3);
    assertThat(Arrays.copyOf(floats.floats(), 3))
        .containsExactly(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-3f);
    assertThat(read("9007199254740993\n", DType.INT64, -1, 1).longs()[0]).isEqualTo(9007199254740993L);
  }

  @Test
  void namesLineAndColumnOfWhatIsNoNumber() {
    assertThatThrownBy(() -> read("1,2\n3,x\n", DType.FLOAT32, -1, 2))
        .isInstanceOf(InferenceException.class)
        .hasMessage("t.csv: line 2, column 2: 'x' is no number");
    assertThatThrownBy(() -> read("1,300\n", DType.UINT8, -1, 2)).hasMessageContaining("'300' does not fit uint8");
    assertThatThrownBy(() -> read("\"1,2\n", DType.FLOAT32, -1, 2)).hasMessageContaining("does not end");
    assertThatThrownBy(() -> read("", DType.FLOAT32, -1, 2)).hasMessageContaining("is empty");
  }

  @Test
  void selectsColumnsByTheNamesOfTheInputs() {
    CsvTable table = CsvTable.of(FILE, "b,x,input_0\n1,2,3\n");

    assertThat(table.columnsOf(port(DType.FLOAT32, -1, 2))).containsExactly(1, 2);
  }
}
