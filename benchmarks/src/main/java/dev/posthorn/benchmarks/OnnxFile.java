package dev.posthorn.benchmarks;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes a network as an ONNX model; field numbers are those of onnx.proto. Nothing but what the comparison needs. */
final class OnnxFile {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;
  private static final int FLOAT = 1;

  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private OnnxFile() {}

  /** One Gemm a layer, Relu between them. */
  static byte[] of(DenseNetwork network) {
    return message(model -> {
      model.writeInt64(1, IR_VERSION);
      write(model, 7, message(graph -> graph(graph, network)));
      write(model, 8, message(opset -> opset.writeInt64(2, OPSET)));
    });
  }

  private static void graph(CodedOutputStream graph, DenseNetwork network) throws IOException {
    String from = "x";
    for (int i = 0; i < network.layers(); i++) {
      boolean last = i + 1 == network.layers();
      String sum = last ? "y" : "sum" + i;
      write(graph, 1, node("Gemm", sum, from, "kernel" + i, "bias" + i));
      from = sum;
      if (network.reluAfter(i)) {
        write(graph, 1, node("Relu", "relu" + i, sum));
        from = "relu" + i;
      }
    }
    graph.writeString(2, network.name());
    for (int i = 0; i < network.layers(); i++) {
      write(graph, 5, tensor("kernel" + i, network.kernel(i), network.sizes().get(i), network.sizes().get(i + 1)));
      write(graph, 5, tensor("bias" + i, network.bias(i), network.sizes().get(i + 1)));
    }
    write(graph, 11, value("x", network.inputs()));
    write(graph, 12, value("y", network.outputs()));
  }

  private static byte[] node(String operation, String output, String... inputs) {
    return message(node -> {
      for (String input : inputs) {
        node.writeString(1, input);
      }
      node.writeString(2, output);
      node.writeString(4, operation);
    });
  }

  private static byte[] tensor(String name, float[] values, int... dims) {
    return message(tensor -> {
      for (int dim : dims) {
        tensor.writeInt64(1, dim);
      }
      tensor.writeInt32(2, FLOAT);
      tensor.writeString(8, name);
      ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      raw.asFloatBuffer().put(values);
      tensor.writeByteArray(9, raw.array());
    });
  }

  /** A float tensor of any number of rows. */
  private static byte[] value(String name, int columns) {
    byte[] shape = message(dims -> {
      write(dims, 1, message(dim -> dim.writeString(2, "rows")));
      write(dims, 1, message(dim -> dim.writeInt64(1, columns)));
    });
    byte[] type = message(tensor -> {
      tensor.writeInt32(1, FLOAT);
      write(tensor, 2, shape);
    });
    return message(value -> {
      value.writeString(1, name);
      write(value, 2, message(t -> write(t, 1, type)));
    });
  }

  private static void write(CodedOutputStream out, int field, byte[] message) throws IOException {
    out.writeByteArray(field, message);
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
