package dev.posthorn.server.grpc;

import dev.posthorn.spi.DType;
import dev.posthorn.v1.DataType;
import java.util.Optional;

/** The element types of the wire and those of the engine: the same list under two names. */
final class WireTypes {
  private static final String PREFIX = "DATA_TYPE_";
  private static final DType[] BY_NUMBER = new DType[DataType.DATA_TYPE_STRING_VALUE + 1];
  private static final DataType[] BY_ORDINAL = new DataType[DType.values().length];

  static {
    for (DType type : DType.values()) {
      DataType wire = DataType.valueOf(PREFIX + type.name());
      BY_NUMBER[wire.getNumber()] = type;
      BY_ORDINAL[type.ordinal()] = wire;
    }
  }

  private WireTypes() {}

  /** The type of that number; empty if there is none, or it is unspecified. */
  static Optional<DType> of(int number) {
    return number > 0 && number < BY_NUMBER.length ? Optional.of(BY_NUMBER[number]) : Optional.empty();
  }

  static DataType wire(DType type) {
    return BY_ORDINAL[type.ordinal()];
  }
}
