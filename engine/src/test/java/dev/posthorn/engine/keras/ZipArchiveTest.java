package dev.posthorn.engine.keras;

import static dev.posthorn.engine.keras.Golden.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class ZipArchiveTest {
  static byte[] zip(Object... namesAndBytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < namesAndBytes.length; i += 2) {
        zip.putNextEntry(new ZipEntry((String) namesAndBytes[i]));
        zip.write((byte[]) namesAndBytes[i + 1]);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  private static ZipArchive open(byte[] file, Budget budget) {
    return ZipArchive.open(Content.of(file), "x.zip", budget);
  }

  @Test
  void readsDeflatedMembersAlsoBehindAPrefix() {
    byte[] content = new byte[100_000];
    new Random(1).nextBytes(content);
    byte[] file = zip("a/b", content, "../etc/x", new byte[3]);
    byte[] behind = new byte[file.length + 17];
    System.arraycopy(file, 0, behind, 17, file.length);
    for (byte[] each : new byte[][] {file, behind}) {
      ZipArchive zip = open(each, Budget.DEFAULT);
      assertThat(zip.names()).containsExactly("a/b", "../etc/x");
      assertThat(FileBytes.copy(zip.find("a/b").orElseThrow())).isEqualTo(content);
      assertThat(zip.find("b")).isEmpty();
    }
  }

  @Test
  void refusesBombs() {
    byte[] bomb = zip("zeros", new byte[20 << 20]);
    assertThat(bomb.length).isLessThan(30_000);
    assertRefused(() -> open(bomb, Budget.DEFAULT), Reason.TOO_LARGE, "zeros", "--limit inflated-ratio");
    Budget small = new Budget(1 << 20, Integer.MAX_VALUE, 10, 10, 10);
    assertRefused(() -> open(bomb, small), Reason.TOO_LARGE, "--limit model-bytes");
    byte[] three = zip("a", new byte[1], "b", new byte[1], "c", new byte[1]);
    assertRefused(() -> open(three, new Budget(1 << 20, 200, 10, 10, 2)), Reason.TOO_LARGE, "--limit tensors");
  }

  @Test
  void refusesEveryTruncation() {
    byte[] file = Golden.bytes("mlp_33_64_32_1/weights.npz");
    for (int length = 4; length < file.length; length += 97) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThat(ZipArchive.recognises(Content.of(cut))).isTrue();
      assertRefused(() -> open(cut, Budget.DEFAULT), Reason.INVALID_MODEL, "x.zip is a damaged zip");
    }
  }

  @Test
  void noticesEveryChangedByteOfAMember() {
    byte[] file = Golden.bytes("mlp_33_64_32_1/weights.npz");
    int inFirstMember = 1000;
    file[inFirstMember] ^= 1;
    ZipArchive zip = open(file, Budget.DEFAULT);
    assertRefused(() -> zip.find("arr_0.npy"), Reason.INVALID_MODEL, "checksum of arr_0.npy");
    assertThat(zip.find("arr_1.npy")).isPresent();
  }

  @Test
  void answersDamageWithOneExceptionOnly() {
    byte[] file = zip("config.json", "{\"a\": 1}".repeat(50).getBytes(), "b", new byte[500]);
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = file.clone();
      for (int i = 0; i <= round % 4; i++) {
        damaged[random.nextInt(file.length)] = (byte) random.nextInt();
      }
      try {
        ZipArchive zip = open(damaged, Budget.DEFAULT);
        zip.names().forEach(zip::find);
      } catch (InferenceException e) {
        assertThat(e.getMessage()).contains("x.zip");
      }
    }
  }
}
