package dev.posthorn.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.posthorn.server.batching.ArrayPool;
import dev.posthorn.server.core.Limits;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Our decoder against the generated one: the same messages, the same contents, the same refusals. */
class PredictReaderTest {
  private final PredictReader reader =
      new PredictReader(
          new ArrayPool(), Limits.defaults(), PredictStreamRequest.END_SEQUENCE_FIELD_NUMBER, "PredictStreamRequest");

  /** Decodes from buffers that are cut at random places, as a transport would hand them over. */
  private SentPredict read(byte[] bytes, SplittableRandom random) throws WireReader.Malformed {
    int cut = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    int second = cut + (bytes.length == cut ? 0 : random.nextInt(bytes.length - cut));
    ByteBuffer direct = ByteBuffer.allocateDirect(second - cut);
    direct.put(bytes, cut, second - cut).flip();
    SentPredict request = new SentPredict();
    reader.read(
        WireReader.of(
            ByteBuffer.wrap(bytes, 0, cut), direct, ByteBuffer.wrap(bytes, second, bytes.length - second)),
        request);
    return request;
  }

  private static PredictStreamRequest random(SplittableRandom random) {
    PredictStreamRequest.Builder request =
        PredictStreamRequest.newBuilder()
            .setModel(random.nextBoolean() ? "" : "modèle")
            .setVersion(random.nextInt(-1, 3))
            .setVersionLabel(random.nextBoolean() ? "" : "stable")
            .setRequestId(random.nextBoolean() ? "" : "id")
            .setTimeoutMicros(random.nextInt(-1, 3))
            .setReportTiming(random.nextBoolean())
            .setSequenceId(random.nextBoolean() ? "" : "s")
            .setResetState(random.nextBoolean())
            .setEndSequence(random.nextBoolean());
    for (int i = random.nextInt(3); i > 0; i--) {
      request.addInputs(tensor(random)).addOutputs("o" + i);
    }
    if (random.nextInt(4) == 0) {
      request.setUnknownFields(
          UnknownFieldSet.newBuilder()
              .addField(77, UnknownFieldSet.Field.newBuilder().addVarint(5).addFixed32(6).build())
              .addField(78, UnknownFieldSet.Field.newBuilder().addGroup(UnknownFieldSet.getDefaultInstance()).build())
              .build());
    }
    return request.build();
  }

  private static Tensor tensor(SplittableRandom random) {
    Tensor.Builder tensor = Tensor.newBuilder().setName(random.nextBoolean() ? "" : "x");
    tensor.setDataTypeValue(random.nextInt(15));
    for (int i = random.nextInt(4); i > 0; i--) {
      tensor.addShape(random.nextInt(-2, 300));
    }
    byte[] raw = new byte[random.nextInt(3) * 4 * random.nextInt(40) + (random.nextInt(8) == 0 ? 1 : 0)];
    random.nextBytes(raw);
    if (random.nextBoolean()) {
      tensor.setRaw(ByteString.copyFrom(raw));
    }
    for (int i = random.nextInt(2) * random.nextInt(9); i > 0; i--) {
      tensor.addFloatValues(Float.intBitsToFloat(random.nextInt()));
    }
    for (int i = random.nextInt(2) * random.nextInt(9); i > 0; i--) {
      tensor.addDoubleValues(random.nextDouble()).addIntValues(random.nextLong()).addBoolValues(random.nextBoolean());
      tensor.addStringValues("t" + i);
    }
    return tensor.build();
  }

  private static void assertSame(SentPredict read, PredictStreamRequest parsed) {
    assertThat(read.model).isEqualTo(parsed.getModel());
    assertThat(read.version).isEqualTo(parsed.getVersion());
    assertThat(read.label).isEqualTo(parsed.getVersionLabel());
    assertThat(read.names).isEqualTo(parsed.getOutputsList());
    assertThat(read.requestId).isEqualTo(parsed.getRequestId());
    assertThat(read.timeoutMicros).isEqualTo(parsed.getTimeoutMicros());
    assertThat(read.reportTiming).isEqualTo(parsed.getReportTiming());
    assertThat(read.sequenceId).isEqualTo(parsed.getSequenceId());
    assertThat(read.resetState).isEqualTo(parsed.getResetState());
    assertThat(read.endSequence).isEqualTo(parsed.getEndSequence());
    assertThat(read.inputs).hasSize(parsed.getInputsCount());
    for (int i = 0; i < read.inputs.size(); i++) {
      assertSame(read.inputs.get(i), parsed.getInputs(i));
    }
  }

  private static void assertSame(SentTensor read, Tensor parsed) {
    SentTensor expected = SentTensors.of(parsed);
    assertThat(read.name).isEqualTo(expected.name);
    assertThat(read.dataType).isEqualTo(expected.dataType);
    assertThat(read.shape.toString()).isEqualTo(expected.shape.toString());
    for (SentTensor.Field field : SentTensor.Field.values()) {
      assertThat(read.has(field)).as(field.wireName()).isEqualTo(expected.has(field));
    }
    if (read.has(SentTensor.Field.RAW)) {
      assertThat(TensorReader.rawBytes(read)).isEqualTo(TensorReader.rawBytes(expected));
    }
    if (read.has(SentTensor.Field.FLOAT_VALUES)) {
      assertThat(bits(read)).isEqualTo(bits(expected));
    }
    if (expected.doubles != null) {
      assertThat(Arrays.copyOf(read.doubles, read.doubleCount)).isEqualTo(expected.doubles);
    }
    assertThat(String.valueOf(read.ints)).isEqualTo(String.valueOf(expected.ints));
    assertThat(read.strings).isEqualTo(expected.strings);
  }

  private static byte[] bits(SentTensor tensor) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.floatCount).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(tensor.floats, 0, tensor.floatCount);
    return bytes.array();
  }

  @Test
  void readsWhatTheGeneratedCodeReads() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 3000; i++) {
      PredictStreamRequest request = random(random);
      assertSame(read(request.toByteArray(), random), request);
    }
  }

  @Test
  void acceptsAndRefusesWhatTheGeneratedCodeDoes() {
    SplittableRandom random = new SplittableRandom(2);
    int refused = 0;
    for (int i = 0; i < 30_000; i++) {
      byte[] bytes = random(random).toByteArray();
      for (int change = 1 + random.nextInt(3); change > 0 && bytes.length > 0; change--) {
        if (random.nextInt(4) == 0) {
          bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        } else {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      PredictStreamRequest parsed = parse(bytes);
      SentPredict read = null;
      String why = "";
      try {
        read = read(bytes, random);
      } catch (WireReader.Malformed e) {
        why = e.getMessage();
      }
      if (why.equals("a varint of more than 10 bytes")) {
        continue; // the generated code takes some of them
      }
      assertThat(read != null).as("%s %s", why, Arrays.toString(bytes)).isEqualTo(parsed != null);
      if (parsed != null && read != null) {
        assertSame(read, parsed);
      } else {
        refused++;
      }
    }
    assertThat(refused).isBetween(1000, 29_000);
  }

  private static PredictStreamRequest parse(byte[] bytes) {
    try {
      return PredictStreamRequest.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }
}
