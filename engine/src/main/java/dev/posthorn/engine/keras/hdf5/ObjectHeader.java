package dev.posthorn.engine.keras.hdf5;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The messages of one object, a group or a dataset. Format: HDF5 specification, IV.A.1. */
final class ObjectHeader {
  static final int DATASPACE = 0x01;
  static final int LINK_INFO = 0x02;
  static final int DATATYPE = 0x03;
  static final int LINK = 0x06;
  static final int EXTERNAL_FILES = 0x07;
  static final int LAYOUT = 0x08;
  static final int FILTERS = 0x0b;
  static final int ATTRIBUTE = 0x0c;
  static final int SYMBOL_TABLE = 0x11;
  static final int ATTRIBUTE_INFO = 0x15;
  private static final int CONTINUATION = 0x10;

  private static final int NULL = 0;
  private static final int SHARED = 2;
  private static final int MAX_MESSAGES = 1 << 16;
  private static final int TIMES = 0x20;
  private static final int PHASES = 0x10;
  private static final int ORDERED = 0x04;

  /** A message; its content has not been looked at. */
  record Message(int type, int flags, long address, int length) {}

  private final Image image;
  private final String path;
  private final List<Message> messages = new ArrayList<>();
  private final ArrayDeque<long[]> blocks = new ArrayDeque<>();
  private final Set<Long> seen = new HashSet<>();

  private ObjectHeader(Image image, String path) {
    this.image = image;
    this.path = path;
  }

  /**
   * Reads a header, either version, and follows its continuations.
   *
   * @param path of the object, for messages
   */
  static ObjectHeader read(Image image, long address, String path) {
    ObjectHeader header = new ObjectHeader(image, path);
    Cursor cursor = image.from(address, "the header of an object", path);
    int first = cursor.u8();
    if (first == 'O') {
      header.readNew(address);
    } else if (first == 1) {
      header.readOld(cursor);
    } else {
      throw cursor.damaged("it begins with " + first);
    }
    return header;
  }

  private void readOld(Cursor cursor) {
    cursor.skip(1);
    cursor.u16();
    cursor.skip(4);
    long length = cursor.u32();
    cursor.skip(4);
    oldMessages(cursor.take(length, "the header of an object"));
    while (!blocks.isEmpty()) {
      long[] block = blocks.removeFirst();
      oldMessages(image.at(block[0], block[1], "the continuation of a header", path));
    }
  }

  private void oldMessages(Cursor cursor) {
    while (cursor.remaining() >= 8) {
      int type = cursor.u16();
      int length = cursor.u16();
      int flags = cursor.u8();
      cursor.skip(3);
      add(type, flags, cursor.take(length, "a message of a header"));
    }
  }

  private void readNew(long address) {
    Cursor cursor = image.from(address, "the header of an object", path).signature("OHDR");
    cursor.version(2, 2);
    int flags = cursor.u8();
    cursor.skip((flags & TIMES) != 0 ? 16 : 0).skip((flags & PHASES) != 0 ? 4 : 0);
    long length = cursor.unsigned(1 << (flags & 3));
    int prefix = cursor.position();
    cursor.take(length, "the header of an object");
    Cursor whole = image.at(address, prefix + length + 4, "the header of an object", path);
    whole.skip(prefix);
    newMessages(whole.take(length, "the header of an object"), flags);
    whole.checksum();
    while (!blocks.isEmpty()) {
      long[] block = blocks.removeFirst();
      Cursor part = image.at(block[0], block[1], "the continuation of a header", path).signature("OCHK");
      newMessages(part.take(block[1] - 8, "the continuation of a header"), flags);
      part.checksum();
    }
  }

  private void newMessages(Cursor cursor, int headerFlags) {
    int head = (headerFlags & ORDERED) != 0 ? 6 : 4;
    while (cursor.remaining() >= head) {
      int type = cursor.u8();
      int length = cursor.u16();
      int flags = cursor.u8();
      cursor.skip(head - 4);
      add(type, flags, cursor.take(length, "a message of a header"));
    }
  }

  private void add(int type, int flags, Cursor content) {
    image.step(path);
    if (type == CONTINUATION) {
      long address = content.offset();
      long length = content.length();
      if (!seen.add(address)) {
        throw content.damaged("its continuations run in a circle");
      }
      blocks.add(new long[] {address, length});
    } else if (type != NULL) {
      if (messages.size() == MAX_MESSAGES) {
        throw content.damaged("more than " + MAX_MESSAGES + " messages");
      }
      messages.add(new Message(type, flags, content.address(), content.remaining()));
    }
  }

  String path() {
    return path;
  }

  Image image() {
    return image;
  }

  boolean has(int type) {
    return messages.stream().anyMatch(message -> message.type() == type);
  }

  /** The first message of a type. */
  Optional<Cursor> find(int type, String name) {
    return messages.stream().filter(message -> message.type() == type).findFirst().map(found -> open(found, name));
  }

  Cursor require(int type, String name) {
    return find(type, name).orElseThrow(() -> image.damaged(path, "it has no " + name));
  }

  List<Message> all(int type) {
    return messages.stream().filter(message -> message.type() == type).toList();
  }

  Cursor open(Message message, String name) {
    if ((message.flags() & SHARED) != 0) {
      throw image.unsupported(path, name + " is shared with other objects, which is not supported");
    }
    return image.at(message.address(), message.length(), name, path);
  }
}
