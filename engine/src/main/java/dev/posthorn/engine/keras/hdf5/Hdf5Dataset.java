package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.FloatSink;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.engine.keras.content.ElementDecoder;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.util.Map;
import java.util.Optional;

/** An array of a file: its type, shape and declared size are known and checked, its elements are read when wanted. */
public final class Hdf5Dataset implements Hdf5Node, StoredArray {
  private final ObjectHeader header;
  private final Map<String, Hdf5Attribute> attributes;
  private final DType dtype;
  private final Datatype type;
  private final Dataspace space;
  private final int bytes;

  private Hdf5Dataset(
      ObjectHeader header,
      Map<String, Hdf5Attribute> attributes,
      DType dtype,
      Datatype type,
      Dataspace space,
      int bytes) {
    this.header = header;
    this.attributes = attributes;
    this.dtype = dtype;
    this.type = type;
    this.space = space;
    this.bytes = bytes;
  }

  static Hdf5Dataset of(ObjectHeader header) {
    if (header.has(ObjectHeader.EXTERNAL_FILES)) {
      throw header.image().unsupported(header.path(), "an array stored in other files is not supported");
    }
    Map<String, Hdf5Attribute> attributes = Hdf5Attribute.of(header);
    Datatype type = Datatype.read(header.require(ObjectHeader.DATATYPE, "a type"));
    Cursor axes = header.require(ObjectHeader.DATASPACE, "axes");
    Dataspace space = Dataspace.read(axes);
    String place = header.image().place(header.path());
    int bytes = space.bytes(type.size(), axes, place + ": bytes of an array");
    if (space.isNull()) {
      throw new InferenceException(Reason.INVALID_MODEL, place + ": expected an array, got one without any elements");
    }
    return new Hdf5Dataset(header, attributes, dtype(header, type, attributes), type, space, bytes);
  }

  /** Keras keeps bfloat16 as opaque pairs of bytes, and says so in an attribute. */
  private static DType dtype(ObjectHeader header, Datatype type, Map<String, Hdf5Attribute> attributes) {
    DType dtype = type.dtype();
    if (dtype != null) {
      return dtype;
    }
    Hdf5Attribute named = attributes.get("dtype");
    if (type.kind() == Datatype.Kind.OPAQUE
        && type.size() == Short.BYTES
        && named != null
        && named.isText()
        && named.text().equals("bfloat16")) {
      return DType.BFLOAT16;
    }
    throw header
        .image()
        .unsupported(
            header.path(),
            "arrays of HDF5 " + type.describe()
                + " are not supported; expected bool, int8 to int64, uint8 to uint32 or float16 to float64");
  }

  @Override
  public String path() {
    return header.path();
  }

  @Override
  public Optional<Hdf5Attribute> attribute(String attribute) {
    return Optional.ofNullable(attributes.get(attribute));
  }

  @Override
  public String name() {
    return header.image().place(header.path());
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public Shape shape() {
    return space.shape();
  }

  @Override
  public ArrayTensor read() {
    header.image().decode(bytes, path());
    Storage storage = Storage.read(header, space, type.size(), bytes);
    Object array = ArrayTensor.newArray(dtype, space.shape().size());
    if (bytes > 0) {
      storage.decode(new ElementDecoder(dtype, type.order(), array));
    }
    return ArrayTensor.over(dtype, space.shape(), array);
  }

  @Override
  public void stream(FloatSink sink) {
    Optional<Content> run = bytes == 0 ? Optional.empty() : Storage.read(header, space, type.size(), bytes).run();
    if (run.isEmpty()) {
      StoredArray.super.stream(sink);
      return;
    }
    header.image().decode(bytes, path());
    ElementDecoder.stream(run.get(), dtype, type.order(), sink);
  }
}
