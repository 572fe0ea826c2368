package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.engine.keras.content.ElementDecoder;
import java.util.List;
import java.util.Optional;

/** Where the elements of a dataset are. Format: HDF5 specification, IV.A.2.i. */
sealed interface Storage permits Storage.Whole, Chunks {
  int COMPACT = 0;
  int CONTIGUOUS = 1;
  int CHUNKED = 2;
  int VIRTUAL = 3;

  /** Decodes all elements. */
  void decode(ElementDecoder to);

  /** The elements in one run, if they are stored so. */
  default Optional<Content> run() {
    return Optional.empty();
  }

  /** All elements one after the other. */
  record Whole(Content content) implements Storage {
    @Override
    public void decode(ElementDecoder to) {
      to.decode(content);
    }

    @Override
    public Optional<Content> run() {
      return Optional.of(content);
    }
  }

  /**
   * Reads and checks the layout.
   *
   * @param width bytes of an element
   * @param bytes of all elements
   */
  static Storage read(ObjectHeader header, Dataspace space, int width, int bytes) {
    Cursor message = header.require(ObjectHeader.LAYOUT, "a layout");
    int version = message.version(1, 5);
    if (version < 3) {
      return old(header, message, space, width, bytes);
    }
    int layout = message.u8();
    return switch (layout) {
      case COMPACT -> whole(message.take(message.u16(), "the elements"), bytes);
      case CONTIGUOUS -> contiguous(header, message, bytes);
      case CHUNKED ->
          version == 3 ? chunkedByTree(header, message, space, width, bytes)
              : Chunks.of(header, message, version, space, width, bytes);
      case VIRTUAL -> throw header.image().unsupported(header.path(), "a virtual dataset is not supported");
      default -> throw message.damaged("layout " + layout);
    };
  }

  private static Storage old(ObjectHeader header, Cursor message, Dataspace space, int width, int bytes) {
    int rank = message.u8();
    int layout = message.u8();
    message.skip(5);
    long address = layout == COMPACT ? 0 : message.offset();
    if (layout == CHUNKED) {
      return Chunks.ofTree(header, message, rank, address, space, width, bytes);
    }
    message.skip(4 * rank);
    return switch (layout) {
      case COMPACT -> whole(message.take(message.u32(), "the elements"), bytes);
      case CONTIGUOUS -> stored(header, address, bytes);
      default -> throw message.damaged("layout " + layout);
    };
  }

  private static Storage contiguous(ObjectHeader header, Cursor message, int bytes) {
    long address = message.offset();
    long length = message.length();
    if (address != Cursor.UNDEFINED && length < bytes) {
      throw message.damaged("expected " + bytes + " bytes of elements, got " + length);
    }
    return stored(header, address, bytes);
  }

  private static Storage stored(ObjectHeader header, long address, int bytes) {
    if (bytes > 0 && address == Cursor.UNDEFINED) {
      throw header.image().damaged(header.path(), bytes + " bytes of elements are declared, none is stored");
    }
    return whole(header.image().at(bytes == 0 ? 0 : address, bytes, "the elements", header.path()), bytes);
  }

  private static Storage chunkedByTree(ObjectHeader header, Cursor message, Dataspace space, int width, int bytes) {
    int rank = message.u8();
    long address = message.offset();
    return Chunks.ofTree(header, message, rank, address, space, width, bytes);
  }

  private static Storage whole(Cursor content, int bytes) {
    if (content.remaining() < bytes) {
      throw content.damaged("expected " + bytes + " bytes, got " + content.remaining());
    }
    return new Whole(content.take(bytes, "the elements").content());
  }

  /** The filters of a dataset, in the order in which they were applied. */
  static List<Filter> filters(ObjectHeader header) {
    return header.find(ObjectHeader.FILTERS, "the filters").map(Filter::readAll).orElse(List.of());
  }
}
