package dev.posthorn.spi;

/**
 * The functions of one number that the kernels know. Errors are at most 2 ulp or 2e-7; a and b are the parameters of
 * {@link Kernels#apply}.
 */
public enum Function {
  EXP,
  EXPM1,
  LOG,
  LOG1P,
  TANH,
  SIGMOID,
  ERF,
  /** ln(1 + e^x). */
  SOFTPLUS,
  /** -softplus(-x). */
  LOG_SIGMOID,
  /** x sigmoid(x). */
  SILU,
  /** x (1 + erf(x / sqrt 2)) / 2. */
  GELU,
  /** The tanh form of gelu. */
  GELU_TANH,
  /** x tanh(softplus(x)). */
  MISH,
  /** x if positive, else a (e^x - 1). */
  ELU,
  /** b x if positive, else b a (e^x - 1): selu with its two constants. */
  SELU,
  /** max(x, 0) + min(0, a (e^(x/a) - 1)). */
  CELU,
  /** max(x, 0). */
  RELU,
  /** x if positive, else a x. */
  LEAKY_RELU,
  /** clip(a x + b, 0, 1): hard sigmoid in the form of Keras 2 (0.2, 0.5) and 3 (1/6, 1/2). */
  HARD_SIGMOID,
  /** x clip(a x + b, 0, 1). */
  HARD_SILU,
  /** clip(x, a, b). */
  CLIP,
  /** x / (1 + |x|). */
  SOFTSIGN,
  /** x where |x| is above a, else 0. */
  HARD_SHRINK,
  /** x - a above a, x + a below -a, else 0. */
  SOFT_SHRINK,
  /** x - tanh(x). */
  TANH_SHRINK,
  /** x where x is above a, else b. */
  THRESHOLD,
  /** (x + sqrt(x^2 + a)) / 2. */
  SQUAREPLUS,
  /** 0 up to -1, x from 1, (x + 1)^2 / 4 between. */
  SPARSE_PLUS,
  SQRT,
  RSQRT,
  SIN,
  COS
}
