package dev.posthorn.engine.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.engine.keras.content.Digest;
import dev.posthorn.engine.keras.content.FileContent;
import dev.posthorn.engine.keras.hdf5.Hdf5Builder;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not read into memory. */
class LargeFilesTest {
  @TempDir Path folder;

  private static Model load(Engine engine, Path file, Content content) {
    ReadOptions options = ReadOptions.defaults().withName("m");
    return engine.load(
        ModelFiles.read(new Source.File(String.valueOf(file.getFileName()), Optional.of(file), content), options));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp_33_64_32_1/model.keras", "mlp_33_64_32_1/weights.npz", "trained_iris/model.keras",
        "hdf5/big_endian.keras", "hdf5/gzip_shuffle_fletcher.keras", "hdf5/lzf.keras"
      })
  void giveTheSameModelPieceByPieceAsFromMemory(String name) {
    Path file = Golden.file(name);
    try (Engine engine = Engine.builder().threads(1).build();
        Model whole = load(engine, file, FileBytes.read(file, Budget.DEFAULT, Integer.MAX_VALUE));
        Model pieces = load(engine, file, FileBytes.read(file, Budget.DEFAULT, 0))) {
      assertThat(pieces.memoryBytes()).isEqualTo(whole.memoryBytes());
      assertThat(pieces.sha256()).isEqualTo(whole.sha256()).hasSize(64);
      ArrayTensor input = ArrayTensor.allocate(
          whole.signature().inputs().get(0).spec().withShape(whole.signature().inputs().get(0).spec().shape().with(0, 3)));
      Random random = new Random(1);
      for (int i = 0; i < input.size(); i++) {
        input.floats()[i] = random.nextFloat();
      }
      assertThat(pieces.predict(List.of(input)).get(0).floats())
          .isEqualTo(whole.predict(List.of(input)).get(0).floats());
    }
  }

  private byte[] withOptimizer(boolean damaged) {
    float[] moments = new float[1 << 21];
    Random random = new Random(3);
    for (int i = 0; i < moments.length; i++) {
      moments[i] = random.nextFloat();
    }
    Hdf5Builder builder = new Hdf5Builder()
        .floats("layers/dense/vars/0", new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
        .floats("layers/dense/vars/1", new float[] {7, 8, 9}, 3);
    if (damaged) {
      builder.chunked("optimizer/vars/1", moments, new int[] {moments.length}, new int[] {1 << 19}, true);
    } else {
      builder.floats("optimizer/vars/1", moments, moments.length);
    }
    return builder.build();
  }

  @Test
  void areReadOnlyWhereNeededAndNotTheOptimizer() {
    byte[] file = withOptimizer(false);
    AtomicLong bytes = new AtomicLong();
    FileContent content = new FileContent(
        (to, at) -> {
          int length = (int) Math.min(to.remaining(), file.length - at);
          to.put(file, (int) at, length);
          bytes.addAndGet(length);
          return length;
        },
        "w.h5",
        file.length);
    Hdf5Weights weights = Hdf5Weights.open(content, "w.h5", Budget.DEFAULT);
    assertThat(weights.find("layers/dense/vars/0").orElseThrow().read().floats()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(weights.find("layers/dense/vars/1").orElseThrow().read().floats()).containsExactly(7, 8, 9);
    assertThat(file.length).isGreaterThan(8 << 20);
    assertThat(bytes.get()).isLessThan(128 << 10);
    weights.find("optimizer/vars/1").orElseThrow().read();
    assertThat(bytes.get()).isGreaterThan(8 << 20);
  }

  @Test
  void areNotRefusedForADamagedOptimizer() {
    byte[] file = withOptimizer(true);
    Hdf5Weights whole = Hdf5Weights.open(Content.of(file), "w.h5", Budget.DEFAULT);
    whole.find("optimizer/vars/1").orElseThrow().read();
    for (int i = 1 << 16; i < 1 << 20; i++) {
      file[i] ^= 0x55;
    }
    Hdf5Weights weights = Hdf5Weights.open(Content.of(file), "w.h5", Budget.DEFAULT);
    assertThat(weights.find("layers/dense/vars/1").orElseThrow().read().floats()).containsExactly(7, 8, 9);
    Golden.assertRefused(
        () -> weights.find("optimizer/vars/1").orElseThrow().read(), Reason.INVALID_MODEL, "optimizer/vars/1");
  }

  @Test
  void areRefusedWhenTheyAreCutWhileTheyAreRead() throws IOException {
    Path file = folder.resolve("w.h5");
    Files.write(file, withOptimizer(false));
    Content content = FileBytes.read(file, Budget.DEFAULT, 0);
    Hdf5Weights weights = Hdf5Weights.open(content, "w.h5", Budget.DEFAULT);
    StoredArray moments = weights.find("optimizer/vars/1").orElseThrow();
    Files.write(file, new byte[1000]);
    Golden.assertRefused(moments::read, Reason.INVALID_MODEL, "w.h5 became shorter while it was read", "load it again");
    assertThatThrownBy(Digest.of(List.of(content))::get).isInstanceOf(InferenceException.class);
  }

  @Test
  void areReadToTheirEndWhenAnotherOneReplacesThem() throws IOException {
    Path file = folder.resolve("w.h5");
    Files.write(file, withOptimizer(false));
    Hdf5Weights weights = Hdf5Weights.open(FileBytes.read(file, Budget.DEFAULT, 0), "w.h5", Budget.DEFAULT);
    Path other = folder.resolve("other.h5");
    Files.write(other, new byte[1000]);
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(weights.find("layers/dense/vars/1").orElseThrow().read().floats()).containsExactly(7, 8, 9);
  }

  @Test
  void areRefusedWhenTheirStructuresLeadBackAndForth() {
    int size = 64 << 20;
    FileContent content = new FileContent(
        (to, at) -> {
          int length = to.remaining();
          to.put(new byte[length]);
          return length;
        },
        "w.h5",
        size);
    Random random = new Random(1);
    assertThatThrownBy(() -> {
          for (int i = 0; i < 1_000_000; i++) {
            content.view(random.nextInt(size - 8), 8);
          }
        })
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("w.h5 cannot be read, it is damaged: its structures lead back and forth without end");
  }

  @Test
  void giveEveryByteOnceInOrder() throws IOException {
    byte[] bytes = new byte[3 * Content.PIECE + 17];
    new Random(2).nextBytes(bytes);
    Path file = folder.resolve("bytes");
    Files.write(file, bytes);
    Content content = FileBytes.read(file, Budget.DEFAULT, 0);
    assertThat(content).isInstanceOf(FileContent.class);
    assertThat(content.copy()).isEqualTo(bytes);
    assertThat(content.part(5, 2 * Content.PIECE).part(1, 2 * Content.PIECE - 1).copy())
        .isEqualTo(ByteBuffer.allocate(2 * Content.PIECE - 1).put(bytes, 6, 2 * Content.PIECE - 1).array());
    ByteBuffer view = content.view(16_000, 40_000);
    byte[] seen = new byte[40_000];
    view.get(seen);
    assertThat(seen).isEqualTo(java.util.Arrays.copyOfRange(bytes, 16_000, 56_000));
    assertThat(Digest.of(List.of(content)).get()).isEqualTo(Digest.of(List.of(Content.of(bytes))).get());
  }
}
