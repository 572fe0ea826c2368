package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A named value of a group or a dataset. Immutable. Format: HDF5 specification, IV.A.2.m and v. */
public final class Hdf5Attribute {
  private final Image image;
  private final String place;
  private final String name;
  private final Datatype type;
  private final Dataspace space;
  private final Cursor data;

  private Hdf5Attribute(Image image, String path, String name, Datatype type, Dataspace space, Cursor data) {
    this.image = image;
    this.place = place(path, name);
    this.name = name;
    this.type = type;
    this.space = space;
    this.data = data;
  }

  private static String place(String path, String name) {
    return "attribute '" + name + "'" + (path.isEmpty() ? "" : " of " + path);
  }

  /** All attributes of an object by name. */
  static Map<String, Hdf5Attribute> of(ObjectHeader header) {
    Map<String, Hdf5Attribute> attributes = new LinkedHashMap<>();
    for (ObjectHeader.Message message : header.all(ObjectHeader.ATTRIBUTE)) {
      add(attributes, header.open(message, "an attribute"));
    }
    header.find(ObjectHeader.ATTRIBUTE_INFO, "the attribute info").ifPresent(info -> dense(attributes, info));
    return attributes;
  }

  private static void dense(Map<String, Hdf5Attribute> attributes, Cursor info) {
    info.version(0, 0);
    int flags = info.u8();
    info.skip((flags & 1) != 0 ? 2 : 0);
    long heapAddress = info.offset();
    long names = info.offset();
    if (heapAddress == Cursor.UNDEFINED) {
      return;
    }
    FractalHeap heap = FractalHeap.open(info.image(), heapAddress, info.path());
    BtreeV2.visit(
        info.image(),
        names,
        BtreeV2.ATTRIBUTES_BY_NAME,
        info.path(),
        record -> add(attributes, heap.object(record.bytes(heap.idLength()))));
  }

  private static void add(Map<String, Hdf5Attribute> attributes, Cursor message) {
    Hdf5Attribute attribute = read(message);
    if (attributes.put(attribute.name, attribute) != null) {
      throw message.damaged("two attributes are named '" + attribute.name + "'");
    }
  }

  private static Hdf5Attribute read(Cursor message) {
    int version = message.version(1, 3);
    int flags = message.u8();
    if (version > 1 && flags != 0) {
      throw message.image().unsupported(message.path(), "an attribute of a shared type is not supported");
    }
    int nameLength = message.u16();
    int typeLength = message.u16();
    int spaceLength = message.u16();
    message.skip(version == 3 ? 1 : 0);
    String name = message.take(nameLength, "the name of an attribute").terminated();
    align(version, message, nameLength);
    Datatype type = Datatype.read(message.take(typeLength, "the type of attribute '" + name + "'"));
    align(version, message, typeLength);
    Dataspace space = Dataspace.read(message.take(spaceLength, "the axes of attribute '" + name + "'"));
    align(version, message, spaceLength);
    int bytes = space.bytes(type.size(), message, message.image().place(place(message.path(), name)) + ": bytes");
    return new Hdf5Attribute(
        message.image(), message.path(), name, type, space, message.take(bytes, "the value of attribute '" + name + "'"));
  }

  private static void align(int version, Cursor message, int length) {
    message.skip(version == 1 ? (8 - length % 8) % 8 : 0);
  }

  public String name() {
    return name;
  }

  public Shape shape() {
    return space.shape();
  }

  /**
   * The one text that it holds.
   *
   * @throws InferenceException INVALID_MODEL if it holds none, several or something else, or is damaged
   */
  public String text() {
    List<String> texts = texts();
    if (texts.size() != 1) {
      throw image.damaged(place, "expected one text, got " + texts.size());
    }
    return texts.getFirst();
  }

  /** Whether it holds text; an empty array of any type does not. */
  public boolean isText() {
    return type.kind() == Datatype.Kind.FIXED_TEXT || type.kind() == Datatype.Kind.VARIABLE_TEXT;
  }

  /**
   * The texts that it holds, in row-major order; none for an empty array of any type, as Keras writes for no names.
   *
   * @throws InferenceException INVALID_MODEL if it holds something else or is damaged
   */
  public List<String> texts() {
    int count = count();
    if (count == 0) {
      return List.of();
    }
    if (!isText()) {
      throw image.damaged(place, "expected text, got " + type.describe());
    }
    ByteBuffer bytes = data.rest();
    GlobalHeap heap = new GlobalHeap(image, place);
    List<String> texts = new ArrayList<>(count);
    long total = 0;
    for (int i = 0; i < count; i++) {
      String text =
          type.kind() == Datatype.Kind.FIXED_TEXT
              ? fixed(bytes, i * type.size())
              : variable(data, i * type.size(), heap);
      total += text.length();
      if (total > image.size()) {
        throw image.damaged(place, "its texts are longer than the file");
      }
      texts.add(text);
    }
    return texts;
  }

  private int count() {
    int count = space.isNull() ? 0 : 1;
    for (int dim : space.dims()) {
      count *= dim;
    }
    return count;
  }

  private String fixed(ByteBuffer bytes, int from) {
    int end = from + type.size();
    if (type.padding() == Datatype.Padding.TERMINATED) {
      int zero = from;
      while (zero < end && bytes.get(zero) != 0) {
        zero++;
      }
      end = zero;
    } else {
      byte filler = type.padding() == Datatype.Padding.SPACES ? (byte) ' ' : 0;
      while (end > from && bytes.get(end - 1) == filler) {
        end--;
      }
    }
    byte[] text = new byte[end - from];
    bytes.get(from, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private String variable(Cursor values, int from, GlobalHeap heap) {
    Cursor reference = values.fork().skip(from).take(type.size(), "a reference to a text");
    long length = reference.u32();
    long address = reference.offset();
    long index = reference.u32();
    if (length == 0) {
      return "";
    }
    Cursor text = heap.object(address, index);
    if (length > text.remaining()) {
      throw image.damaged(place, "a text of " + length + " bytes in an object of " + text.remaining());
    }
    byte[] content = text.bytes((int) length);
    int end = content.length;
    while (end > 0 && content[end - 1] == 0) {
      end--;
    }
    return new String(content, 0, end, StandardCharsets.UTF_8);
  }

  /**
   * The whole numbers that it holds, in row-major order.
   *
   * @throws InferenceException INVALID_MODEL if it holds something else
   */
  public long[] integers() {
    DType dtype = type.dtype();
    if (dtype == null || !dtype.isInteger()) {
      throw image.damaged(place, "expected whole numbers, got " + type.describe());
    }
    ByteBuffer bytes = data.rest().order(type.order());
    long[] numbers = new long[count()];
    for (int i = 0; i < numbers.length; i++) {
      int at = i * type.size();
      numbers[i] =
          switch (dtype) {
            case INT8 -> bytes.get(at);
            case UINT8 -> Byte.toUnsignedInt(bytes.get(at));
            case INT16 -> bytes.getShort(at);
            case UINT16 -> Short.toUnsignedInt(bytes.getShort(at));
            case INT32 -> bytes.getInt(at);
            case UINT32 -> Integer.toUnsignedLong(bytes.getInt(at));
            default -> bytes.getLong(at);
          };
    }
    return numbers;
  }
}
