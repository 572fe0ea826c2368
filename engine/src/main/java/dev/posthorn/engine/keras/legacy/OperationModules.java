package dev.posthorn.engine.keras.legacy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the operations of keras.ops from the layers in the config of an HDF5 file of Keras 3, which leaves the modules out.
 * Every layer has {@code trainable} in its config, no operation has. Names and modules: Keras 3.15.
 */
public final class OperationModules {
  private static final Map<String, String> MODULES = modules();

  private OperationModules() {}

  /** The same architecture with the modules of its operations; objects that have one keep it. */
  public static Map<String, @Nullable Object> complete(Map<String, @Nullable Object> root) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    root.forEach((key, value) -> copy.put(key, value(value)));
    if (copy.get("module") == null
        && copy.get("class_name") instanceof String className
        && copy.containsKey("inbound_nodes")
        && copy.get("config") instanceof Map<?, ?> config
        && !config.containsKey("trainable")) {
      String module = MODULES.get(className);
      if (module != null) {
        copy.put("module", module);
        copy.putIfAbsent("registered_name", className);
      }
    } else if (copy.get("class_name") instanceof String custom && custom.indexOf('>') > 0) {
      copy.putIfAbsent("registered_name", custom);
    }
    return copy;
  }

  private static @Nullable Object value(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      map.forEach((key, element) -> object.put(String.valueOf(key), element));
      return complete(object);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(value(element)));
      return copy;
    }
    return value;
  }

  private static void put(Map<String, String> modules, String module, String names) {
    for (String name : names.strip().split("\\s+", -1)) {
      modules.put(name, module);
    }
  }

  private static Map<String, String> modules() {
    Map<String, String> modules = new HashMap<>();
    put(modules, "keras.src.ops.core", """
        Cast ConvertToTensor SaturateCast Scatter ScatterUpdate Slice SliceUpdate StopGradient Unstack
        """);
    put(modules, "keras.src.ops.einops", """
        Rearrange
        """);
    put(modules, "keras.src.ops.image", """
        AffineTransform CropImages ExtractPatches GaussianBlur HSVToRGB MapCoordinates PadImages
        PerspectiveTransform RGBToGrayscale RGBToHSV Resize SSIM ScaleAndTranslate
        """);
    put(modules, "keras.src.ops.linalg", """
        Cholesky CholeskyInverse Det Eigh Inv Lstsq LuFactor MatrixRank Norm Pinv Qr SVD Solve SolveTriangular
        """);
    put(modules, "keras.src.ops.math", """
        CDist Erf Erfc Erfinv ExtractSequences FFT FFT2 IFFT2 IRFFT ISTFT InTopK Logdet Logsumexp RFFT Rsqrt
        STFT SegmentMax SegmentMin SegmentProd SegmentSum TopK ViewAsReal
        """);
    put(modules, "keras.src.ops.nn", """
        AveragePool BatchNorm BinaryCrossentropy CTCDecode CTCLoss CategoricalCrossentropy Celu Conv
        DepthToSpace DepthwiseConv DotProductAttention Elu Fold Gelu Glu HardShrink HardSigmoid HardSilu
        HardTanh LayerNorm LeakyRelu LogSigmoid LogSoftmax MaxPool Moments MultiHot Normalize OneHot PSNR Polar
        RMSNorm Relu Relu6 Selu SeparableConv Sigmoid Silu SoftShrink Softmax Softplus Softsign SpaceToDepth
        SparseCategoricalCrossentropy SparsePlus SparseSigmoid Sparsemax Squareplus TanhShrink Threshold Unfold
        """);
    put(modules, "keras.src.ops.numpy", """
        Absolute Add All AllClose Amax Amin Angle Any Append Arccos Arccosh Arcsin Arcsinh Arctan Arctan2
        Arctanh Argmax Argmin Argsort ArraySplit Average Bincount BitwiseAnd BitwiseInvert BitwiseLeftShift
        BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor BroadcastTo Cbrt Ceil Clip Concatenate Conjugate Copy
        Corrcoef Correlate Cos Cosh CountNonzero Cross Cumprod Cumsum Deg2rad Diag Diagflat Diagonal Diff
        Digitize Divide DivideNoNan Dot Dsplit Dstack Einsum Equal Exp Exp2 ExpandDims Expm1 Fabs Flip Fliplr
        Flipud Floor FloorDivide Fmax Fmin Fmod FullLike Gcd GetItem Greater GreaterEqual Heaviside Hsplit
        Hstack Hypot I0 Imag Inner IsIn Isclose Isfinite Isinf Isnan Isneginf Isposinf Isreal Kron Lcm Ldexp
        LeftShift Less LessEqual Linspace Log Log10 Log1p Log2 Logaddexp Logaddexp2 LogicalAnd LogicalNot
        LogicalOr LogicalXor Logspace Matmul Max Maximum Mean Median Meshgrid Min Minimum Mod Moveaxis Multiply
        NanToNum Nanargmax Nanargmin Nancumprod Nancumsum Nanmax Nanmean Nanmedian Nanmin Nanpercentile Nanprod
        Nanquantile Nanstd Nansum Nanvar Ndim Negative Nextafter Nonzero NotEqual OnesLike Outer Pad Percentile
        Power Prod Ptp Quantile Rad2deg Ravel Real Reciprocal Repeat Reshape RightShift Roll Rot90 Round
        SearchSorted Select Sign Signbit Sin Sinc Sinh Size Slogdet Sort Split Sqrt Square Squeeze Stack Std
        Subtract Sum Swapaxes Take TakeAlongAxis Tan Tanh Tensordot Tile Trace Transpose Trapezoid Tril Triu
        TrueDivide Trunc Unique UnravelIndex Vander Var Vdot View Vsplit Vstack Where ZerosLike
        """);
    return Map.copyOf(modules);
  }
}
