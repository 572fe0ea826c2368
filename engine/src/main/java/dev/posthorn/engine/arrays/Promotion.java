package dev.posthorn.engine.arrays;

import dev.posthorn.spi.DType;

/** Keras' types of results (keras.src.backend.common.dtypes, the lattice of JAX). */
public final class Promotion {
  private Promotion() {}

  /** The type that holds both. */
  public static DType of(DType a, DType b) {
    if (a == b || b == DType.BOOL) {
      return a;
    }
    if (a == DType.BOOL) {
      return b;
    }
    if (a.isFloating() && b.isFloating()) {
      if (a.bytes() == b.bytes()) {
        return DType.FLOAT32;
      }
      return a.bytes() > b.bytes() ? a : b;
    }
    if (a.isFloating() || b.isFloating()) {
      return a.isFloating() ? a : b;
    }
    if (isUnsigned(a) == isUnsigned(b)) {
      return a.bytes() > b.bytes() ? a : b;
    }
    DType signed = isUnsigned(a) ? b : a;
    DType unsigned = isUnsigned(a) ? a : b;
    return signed.bytes() > unsigned.bytes() ? signed : signedAbove(unsigned);
  }

  /** The type of something with fractions: float types stay, all others become float32. */
  public static DType floating(DType type) {
    return type.isFloating() ? type : DType.FLOAT32;
  }

  /** The type of a sum or product. */
  public static DType sum(DType type) {
    return switch (type) {
      case BOOL, INT8, INT16 -> DType.INT32;
      case UINT8, UINT16 -> DType.UINT32;
      case INT32, INT64, UINT32, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, STRING -> type;
    };
  }

  /** The type whose arrays the loops work on: float32, float64 or int64; strings stay. */
  public static DType loop(DType type) {
    return switch (type.storage()) {
      case FLOATS -> DType.FLOAT32;
      case DOUBLES -> DType.FLOAT64;
      case BOOLEANS, INTS, LONGS -> DType.INT64;
      case STRINGS -> DType.STRING;
    };
  }

  private static boolean isUnsigned(DType type) {
    return type == DType.UINT8 || type == DType.UINT16 || type == DType.UINT32;
  }

  private static DType signedAbove(DType unsigned) {
    return switch (unsigned) {
      case UINT8 -> DType.INT16;
      case UINT16 -> DType.INT32;
      default -> DType.INT64;
    };
  }
}
