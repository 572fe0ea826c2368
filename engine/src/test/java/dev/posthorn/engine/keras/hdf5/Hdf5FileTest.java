package dev.posthorn.engine.keras.hdf5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.engine.Budget;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Hdf5FileTest {
  private static final float[] NUMBERS = new float[35];

  static {
    for (int i = 0; i < NUMBERS.length; i++) {
      NUMBERS[i] = i - 7.5f;
    }
  }

  private static Hdf5Group open(byte[] file) {
    return Hdf5File.open(ByteBuffer.wrap(file), "f.h5", Budget.DEFAULT).root();
  }

  private static Hdf5Group open(Hdf5Builder file) {
    return open(file.build());
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(InferenceException.class, e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
        .message()
        .contains(parts);
  }

  @Test
  void readsGroupsAndArraysByPath() {
    Hdf5Group root =
        open(new Hdf5Builder().floats("b/x", NUMBERS, 5, 7).longs("a", new long[] {3, -4}, 2).doubles("b/y", new double[] {2}));
    assertThat(root.names()).containsExactly("a", "b");
    Hdf5Dataset x = root.dataset("b/x").orElseThrow();
    assertThat(x.shape()).isEqualTo(Shape.of(5, 7));
    assertThat(x.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(x.name()).isEqualTo("f.h5: b/x");
    assertThat(x.read().floats()).isEqualTo(NUMBERS);
    assertThat(root.dataset("a").orElseThrow().read().longs()).containsExactly(3, -4);
    assertThat(root.dataset("b/y").orElseThrow().shape().rank()).isZero();
    assertThat(root.find("b/z")).isEmpty();
    assertThat(root.find("a/x")).isEmpty();
    assertRefused(() -> root.dataset("b"), Reason.INVALID_MODEL, "f.h5: b: expected an array, got a group");
    assertRefused(() -> root.group("a"), Reason.INVALID_MODEL, "f.h5: a: expected a group, got an array");
  }

  @Test
  void readsManyNamesInOneGroup() {
    Hdf5Builder file = new Hdf5Builder();
    for (int i = 0; i < 300; i++) {
      file.floats("layers/dense_" + i, new float[] {i}, 1);
    }
    Hdf5Group layers = open(file).group("layers").orElseThrow();
    assertThat(layers.names()).hasSize(300).isSorted();
    for (int i = 0; i < 300; i++) {
      assertThat(layers.dataset("dense_" + i).orElseThrow().read().floats()).containsExactly(i);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsChunksThatReachOverTheEdge(boolean gzip) {
    for (int[] chunk : new int[][] {{5, 7}, {2, 3}, {1, 1}, {5, 2}, {4, 7}}) {
      Hdf5Group root = open(new Hdf5Builder().chunked("x", NUMBERS, new int[] {5, 7}, chunk, gzip));
      assertThat(root.dataset("x").orElseThrow().read().floats()).isEqualTo(NUMBERS);
    }
  }

  @Test
  void readsAttributesOfEveryKindOfText() {
    String large = "x".repeat(100_000) + "é";
    Hdf5Group root =
        open(
            new Hdf5Builder()
                .text("", "model_config", large)
                .texts("", "fixed", List.of("dense", "dense_1", "é"))
                .variableTexts("g", "variable", List.of("a", "", "ccc"))
                .emptyNames("g", "none")
                .integers("g", "numbers", 4, -5));
    assertThat(root.attribute("model_config").orElseThrow().text()).isEqualTo(large);
    assertThat(root.attribute("fixed").orElseThrow().texts()).containsExactly("dense", "dense_1", "é");
    Hdf5Group group = root.group("g").orElseThrow();
    assertThat(group.attribute("variable").orElseThrow().texts()).containsExactly("a", "", "ccc");
    assertThat(group.attribute("none").orElseThrow().texts()).isEmpty();
    assertThat(group.attribute("numbers").orElseThrow().integers()).containsExactly(4, -5);
    assertThat(group.attribute("other")).isEmpty();
    assertRefused(() -> group.attribute("variable").orElseThrow().text(), Reason.INVALID_MODEL, "expected one text, got 3");
    assertRefused(() -> group.attribute("numbers").orElseThrow().texts(), Reason.INVALID_MODEL, "expected text");
  }

  @Test
  void readsBfloat16OnlyWhereTheFileSaysSo() {
    byte[] one = {(byte) 0x80, 0x3f};
    Hdf5Group root =
        open(
            new Hdf5Builder()
                .raw("b", Hdf5Builder.opaqueType(2), one, 1)
                .text("b", "dtype", "bfloat16")
                .raw("o", Hdf5Builder.opaqueType(2), one, 1));
    assertThat(root.dataset("b").orElseThrow().dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(root.dataset("b").orElseThrow().read().floats()).containsExactly(1f);
    assertRefused(() -> root.dataset("o"), Reason.UNSUPPORTED, "opaque of 2 bytes");
  }

  @Test
  void followsNoLinks() {
    Hdf5Group root = open(new Hdf5Builder().softLink("a", "/b").floats("b", NUMBERS, 35));
    assertThat(root.names()).containsExactly("a", "b");
    assertRefused(() -> root.child("a"), Reason.INVALID_MODEL, "f.h5: a: 'a' is a link, and links are not followed");
  }

  /** Files by h5py 3.16 of every library version: dense groups and attributes, and every index of chunks. */
  @ParameterizedTest
  @ValueSource(strings = {"v108", "v110", "latest"})
  void readsWhatNewerLibrariesWrite(String version) throws IOException {
    byte[] file;
    try (GZIPInputStream in = new GZIPInputStream(getClass().getResourceAsStream("/hdf5/" + version + ".h5.gz"))) {
      file = in.readAllBytes();
    }
    Hdf5Group root = open(file);
    Hdf5Group many = root.group("many").orElseThrow();
    assertThat(many.names()).hasSize(40);
    for (int i = 0; i < 40; i++) {
      assertThat(many.dataset("child_" + i).orElseThrow().read().floats()).containsExactly(i);
      assertThat(many.attribute("a" + i).orElseThrow().text()).isEqualTo("text " + i);
    }
    float[] expected = new float[13 * 17];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = i;
    }
    Hdf5Group chunked = root.group("chunked").orElseThrow();
    assertThat(chunked.names()).hasSizeGreaterThan(20);
    for (String name : chunked.names()) {
      assertThat(chunked.dataset(name).orElseThrow().read().floats()).as(name).isEqualTo(expected);
    }
    int[] paged = root.dataset("paged").orElseThrow().read().ints();
    assertThat(paged).hasSize(1100);
    for (int i = 0; i < paged.length; i++) {
      assertThat(paged[i]).isEqualTo(i);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v108", "latest"})
  void refusesWhatLeadsElsewhere(String version) throws IOException {
    byte[] file;
    try (GZIPInputStream in = new GZIPInputStream(getClass().getResourceAsStream("/hdf5/" + version + ".h5.gz"))) {
      file = in.readAllBytes();
    }
    Hdf5Group root = open(file);
    assertRefused(() -> root.child("soft"), Reason.INVALID_MODEL, "links are not followed");
    assertRefused(() -> root.child("external"), Reason.INVALID_MODEL, "links are not followed");
    assertRefused(() -> root.child("files"), Reason.UNSUPPORTED, "stored in other files");
    if (!version.equals("v108")) {
      assertRefused(() -> root.dataset("virtual").orElseThrow().read(), Reason.UNSUPPORTED, "virtual");
    }
    assertRefused(() -> root.dataset("scaled").orElseThrow().read(), Reason.UNSUPPORTED, "filter 6");
    assertRefused(() -> root.child("compound"), Reason.UNSUPPORTED, "compound");
    assertRefused(() -> root.dataset("unwritten").orElseThrow().read(), Reason.INVALID_MODEL, "none is stored");
  }

  @Test
  void answersDamageWithOneExceptionOnly() throws IOException {
    List<byte[]> files = new ArrayList<>();
    files.add(
        new Hdf5Builder()
            .floats("a/b", NUMBERS, 35)
            .chunked("a/c", NUMBERS, new int[] {5, 7}, new int[] {2, 3}, true)
            .variableTexts("a", "names", List.of("b", "c"))
            .build());
    for (String version : new String[] {"v108", "latest"}) {
      try (GZIPInputStream in = new GZIPInputStream(getClass().getResourceAsStream("/hdf5/" + version + ".h5.gz"))) {
        files.add(in.readAllBytes());
      }
    }
    Random random = new Random(5);
    int read = 0;
    for (byte[] whole : files) {
      for (int round = 0; round < 600; round++) {
        byte[] damaged = whole.clone();
        ByteBuffer bytes = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 4; i++) {
          int at = random.nextInt(damaged.length - 8);
          switch (random.nextInt(4)) {
            case 0 -> damaged[at] = (byte) random.nextInt();
            case 1 -> bytes.putLong(at, random.nextBoolean() ? -1 : Long.MAX_VALUE);
            case 2 -> bytes.putLong(at & ~7, random.nextInt(damaged.length) & ~7);
            default -> bytes.putShort(at, (short) 0xffff);
          }
        }
        try {
          read += visit(open(damaged), 0);
        } catch (InferenceException e) {
          assertThat(e.getMessage()).contains("f.h5");
        }
      }
    }
    assertThat(read).isPositive();
  }

  private static int visit(Hdf5Group group, int depth) {
    int read = 0;
    for (String name : group.names()) {
      try {
        Hdf5Node node = group.child(name).orElseThrow();
        if (node instanceof Hdf5Dataset dataset) {
          dataset.read();
          read++;
        } else if (node instanceof Hdf5Group inner && depth < 3) {
          inner.attribute("names").ifPresent(Hdf5Attribute::texts);
          read += visit(inner, depth + 1);
        }
      } catch (InferenceException e) {
        assertThat(e.getMessage()).contains("f.h5");
      }
    }
    return read;
  }

  @Test
  void refusesNoHdf5AndTruncation() {
    byte[] file = new Hdf5Builder().floats("x", NUMBERS, 35).build();
    assertRefused(() -> open(new byte[600]), Reason.INVALID_MODEL, "f.h5 is not an HDF5 file");
    assertRefused(
        () -> open(java.util.Arrays.copyOf(file, 900)),
        Reason.INVALID_MODEL,
        "truncated HDF5 file: expected " + file.length + " bytes, got 900");
    byte[] behind = new byte[1024 + file.length];
    System.arraycopy(file, 0, behind, 1024, file.length);
    assertThat(open(behind).dataset("x").orElseThrow().read().floats()).isEqualTo(NUMBERS);
  }

  @Test
  void refusesArraysOverTheBudget() {
    byte[] file = new Hdf5Builder().floats("x", NUMBERS, 35).build();
    Budget small = new Budget(100, 200, 512, 100, 100);
    assertRefused(
        () -> Hdf5File.open(ByteBuffer.wrap(file), "f.h5", small).root().dataset("x"), Reason.TOO_LARGE, "model-bytes");
    byte[] zeros = new Hdf5Builder().chunked("x", new float[1 << 20], new int[] {1 << 20}, new int[] {1 << 20}, true).build();
    assertRefused(() -> open(zeros).dataset("x").orElseThrow().read(), Reason.TOO_LARGE, "inflated-ratio");
  }
}
