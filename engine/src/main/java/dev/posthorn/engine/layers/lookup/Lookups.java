package dev.posthorn.engine.layers.lookup;

import dev.posthorn.spi.Config;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Weight;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the config of a lookup layer. Indices are: the mask token (only in mode {@code int}), the out-of-vocabulary
 * indices, the vocabulary. Keras: keras.src.layers.preprocessing.index_lookup.
 */
final class Lookups {
  private final LayerSpec spec;
  private final Config config;
  private final boolean strings;
  private final int oovIndices;
  private final @Nullable Object mask;
  private final @Nullable Object oov;
  private final Encoding encoding;
  private final int oovStart;
  private final int tokenStart;
  private final List<Object> vocabulary;
  private final boolean specialsIncluded;

  private Lookups(LayerSpec spec, String defaultType) {
    this.spec = spec;
    this.config = spec.config();
    config.ignore("vocabulary_size", "encoding", "has_input_vocabulary");
    if (config.flag("sparse", false)) {
      throw spec.unsupported("sparse output");
    }
    strings = config.string("vocabulary_dtype", defaultType).equals("string");
    oovIndices = config.integer("num_oov_indices", 1);
    mask = config.value("mask_token");
    oov = config.keys().contains("oov_token") ? config.value("oov_token") : strings ? "[UNK]" : (Object) (-1L);
    encoding = Encoding.of(config.string("output_mode", "int"), spec);
    oovStart = mask != null && encoding == Encoding.INT ? 1 : 0;
    tokenStart = oovStart + oovIndices;
    List<Object> tokens = tokens();
    specialsIncluded = beginsWithSpecials(tokens);
    vocabulary = specialsIncluded ? tokens.subList(tokenStart, tokens.size()) : tokens;
    Set<Object> unique = new HashSet<>(vocabulary);
    if (unique.size() != vocabulary.size()) {
      throw spec.error("the vocabulary has repeated entries");
    }
  }

  static Layer create(LayerSpec spec, String defaultType) {
    return new Lookups(spec, defaultType).layer();
  }

  private Layer layer() {
    OovBuckets buckets = buckets();
    if (config.flag("invert", false)) {
      if (encoding != Encoding.INT) {
        throw spec.error("invert: expected output_mode int");
      }
      return new InverseLookup(strings, entries());
    }
    int size = tokenStart + vocabulary.size();
    int maximum = config.integer("max_tokens", size);
    if (size > maximum) {
      throw spec.error("expected at most %d tokens (max_tokens), got %d", maximum, size);
    }
    int depth = config.flag("pad_to_max_tokens", false) ? maximum : size;
    return new IndexLookup(
        strings ? new StringTokens(vocabulary, mask) : new IntegerTokens(vocabulary, mask),
        buckets, oovIndices, oovStart, encoding, depth, idf(depth));
  }

  private OovBuckets buckets() {
    String method = config.string("oov_method", "floormod");
    Object value = config.value("salt");
    long k0 = 0;
    long k1 = 0;
    if (value instanceof Number one) {
      k0 = one.longValue();
      k1 = k0;
    } else if (value instanceof List<?> two
        && two.size() == 2
        && two.get(0) instanceof Number a
        && two.get(1) instanceof Number b) {
      k0 = a.longValue();
      k1 = b.longValue();
    } else if (value != null) {
      throw spec.error("salt: expected an integer or two, got %s", value);
    }
    return new OovBuckets(!strings && method.equals("floormod"), value != null, k0, k1);
  }

  private List<Object> tokens() {
    Object given = config.value("vocabulary");
    List<Object> tokens = new ArrayList<>();
    if (given instanceof List<?> list) {
      list.forEach(token -> tokens.add(token(token)));
    } else if (given != null) {
      throw spec.unsupported("a vocabulary in a file outside of the model");
    } else {
      List<String> lines = spec.asset("vocabulary.txt").orElseThrow(() ->
          spec.error("no vocabulary: neither in the config nor as asset vocabulary.txt"));
      int end = lines.size();
      while (end > 0 && lines.get(end - 1).isEmpty()) {
        end--;
      }
      lines.subList(0, end).forEach(line -> tokens.add(strings ? line : parse(line)));
    }
    return tokens;
  }

  private Object token(@Nullable Object token) {
    if (strings && token instanceof String text) {
      return text;
    }
    if (!strings && token instanceof Number number) {
      return number.longValue();
    }
    throw spec.error("vocabulary: expected %s, got %s", strings ? "texts" : "integers", String.valueOf(token));
  }

  private Object parse(String line) {
    try {
      return Long.valueOf(line.strip());
    } catch (NumberFormatException e) {
      throw spec.error("vocabulary.txt: expected integers, got '%s'", line);
    }
  }

  private boolean beginsWithSpecials(List<Object> tokens) {
    if (tokens.size() < tokenStart || tokenStart == 0) {
      return tokenStart == 0;
    }
    for (int i = 0; i < tokenStart; i++) {
      Object special = i < oovStart ? mask : oov;
      if (!Objects.equals(number(special), tokens.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Object number(@Nullable Object token) {
    return token instanceof Number number ? (Object) number.longValue() : token;
  }

  /** For each index the token that it stands for. */
  private List<Object> entries() {
    Object unknown = oov == null ? (strings ? "" : (Object) (-1L)) : number(oov);
    List<Object> entries = new ArrayList<>(Collections.nCopies(tokenStart + 1, Objects.requireNonNull(unknown)));
    if (mask != null) {
      entries.set(1, Objects.requireNonNull(number(mask)));
    }
    // Position 0 stands for all indices outside.
    entries.addAll(vocabulary);
    return entries;
  }

  private @Nullable Supplier<float[]> idf(int depth) {
    if (encoding != Encoding.TF_IDF) {
      return null;
    }
    if (!config.has("idf_weights")) {
      Weight weight = spec.nonTrainableWeight("idf_weights", Shape.of(depth), DType.FLOAT32);
      return weight::floats;
    }
    double[] given = config.numbers("idf_weights");
    int expected = specialsIncluded ? tokenStart + vocabulary.size() : vocabulary.size();
    if (given.length != expected) {
      throw spec.error("idf_weights: expected %d numbers, got %d", expected, given.length);
    }
    float[] weights = new float[depth];
    int front = specialsIncluded ? 0 : tokenStart;
    double sum = 0;
    for (int i = 0; i < given.length; i++) {
      weights[front + i] = (float) given[i];
      sum += given[i];
    }
    for (int i = 0; i < front; i++) {
      weights[i] = (float) (sum / given.length);
    }
    return () -> weights;
  }
}
