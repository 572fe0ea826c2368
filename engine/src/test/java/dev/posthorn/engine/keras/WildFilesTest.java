package dev.posthorn.engine.keras;

import static dev.posthorn.engine.keras.Golden.assertRefused;
import static dev.posthorn.engine.keras.LegacyFile.array;
import static dev.posthorn.engine.keras.LegacyFile.json;
import static dev.posthorn.engine.keras.LegacyFile.layer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.keras.hdf5.Hdf5Builder;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is met in model files of Keras 1.1 to 3.15 that people have: one test for each thing that was seen. */
class WildFilesTest {
  private static final Offset<Float> CLOSE = within(1e-5f);
  private static final ReadOptions OPTIONS = ReadOptions.defaults().withName("m");
  private static final String DENSE = layer("Dense", "'name':'d','units':2,'activation':'linear','batch_input_shape':[null,2]");
  private static final ArrayTensor KERNEL = ArrayTensor.of(new float[] {1, 2, 3, 4}, 2, 2);
  private static final ArrayTensor BIAS = ArrayTensor.of(new float[] {10, 20}, 2);
  private static final ArrayTensor X = ArrayTensor.of(new float[] {1, 10}, 1, 2);
  private static final float[] Y = {41, 62};

  private static LegacyFile dense() {
    return LegacyFile.sequential("2.9.0", DENSE).weights("d", "d/kernel:0", KERNEL, "d/bias:0", BIAS);
  }

  private static byte[] zip(String version, String config, Hdf5Builder weights, Object... more) {
    List<Object> members = new ArrayList<>();
    members.addAll(
        List.of(
            "metadata.json", json("{'keras_version':'" + version + "'}").getBytes(StandardCharsets.UTF_8),
            "config.json", json(config).getBytes(StandardCharsets.UTF_8)));
    members.addAll(List.of("model.weights.h5", weights.build()));
    members.addAll(Arrays.asList(more));
    return ZipArchiveTest.zip(members.toArray());
  }

  private static void assertNumbers(float[] got, float... expected) {
    assertThat(got).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(got[i]).as("element %d of %s", i, Arrays.toString(got)).isCloseTo(expected[i], CLOSE);
    }
  }

  @Test
  void theContentSaysWhatAFileIsNotTheEnding(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("saved_by_tf_2.11.keras"), dense().build());
    ModelDescription model = ModelFiles.open(file, ReadOptions.defaults());
    assertThat(model.format()).isEqualTo("h5");
    assertRefused(
        () -> ModelFiles.open("version https://git-lfs.github.com/spec/v1".getBytes(StandardCharsets.US_ASCII), OPTIONS),
        Reason.INVALID_MODEL, "Git LFS pointer");
    assertRefused(() -> ModelFiles.open(new Hdf5Builder().longs("table", new long[] {1}, 1).build(), OPTIONS),
        Reason.INVALID_MODEL, "no model_config");
  }

  @Test
  void hardSigmoidMeansWhatItMeantToTheVersion() {
    String activation = layer("Activation", "'name':'a','trainable':true,'activation':'hard_sigmoid','batch_input_shape':[null,3]");
    ArrayTensor x = ArrayTensor.of(new float[] {-2.7f, 0.5f, 2.7f}, 1, 3);
    assertNumbers(LegacyFile.sequential("2.2.4", activation).weights("a").predict(x), 0, 0.6f, 1);
    String now = "{'class_name':'Sequential','config':{'name':'s','layers':[{'class_name':'InputLayer','config':{'name':'x',"
        + "'batch_shape':[null,3]}}," + activation + "]}}";
    assertNumbers(LegacyFile.h5("3.3.0", now).weights("a").predict(x), 0.05f, 3.5f / 6, 0.95f);
  }

  @Test
  void weightsOfZipsGoByClassNotByName() {
    String config = "{'class_name':'Sequential','config':{'name':'s','layers':["
        + layer("InputLayer", "'name':'x','batch_input_shape':[null,1]") + ","
        + layer("Dense", "'name':'dense_1','units':1,'use_bias':false") + ","
        + layer("Dense", "'name':'dense','units':2,'use_bias':false") + "]}}";
    Hdf5Builder weights =
        new Hdf5Builder()
            .floats("layers/dense/vars/0", new float[] {5}, 1, 1)
            .floats("layers/dense_1/vars/0", new float[] {7, 8}, 1, 2);
    assertNumbers(LegacyFile.predict(zip("2.15.0", config, weights), ArrayTensor.of(new float[] {1}, 1, 1)), 35, 40);
  }

  @Test
  void versions212And213CountLayersWithWeightsTwice() {
    String inner = "{'class_name':'Sequential','config':{'name':'inner','layers':["
        + layer("InputLayer", "'name':'i','batch_input_shape':[null,1]") + ","
        + layer("Dense", "'name':'a','units':1,'use_bias':false") + ","
        + layer("Dense", "'name':'b','units':1,'use_bias':false") + "]}}";
    String config = "{'class_name':'Sequential','config':{'name':'s','layers':["
        + layer("InputLayer", "'name':'x','batch_input_shape':[null,1]") + ","
        + layer("Dense", "'name':'one','units':1,'use_bias':false") + "," + inner + ","
        + layer("Dense", "'name':'two','units':1,'use_bias':false") + "]}}";
    String list = "_layer_checkpoint_dependencies/";
    Hdf5Builder weights =
        new Hdf5Builder()
            .floats(list + "dense/vars/0", new float[] {2}, 1, 1)
            .floats(list + "dense_2/vars/0", new float[] {3}, 1, 1)
            .floats(list + "sequential/" + list + "dense/vars/0", new float[] {5}, 1, 1)
            .floats(list + "sequential/" + list + "dense_2/vars/0", new float[] {7}, 1, 1);
    for (String version : List.of("2.12.0", "2.13.1")) {
      assertNumbers(LegacyFile.predict(zip(version, config, weights), ArrayTensor.of(new float[] {1}, 1, 1)), 210);
    }
  }

  @Test
  void pathsOfWindowsHaveBackslashes() {
    String config = "{'class_name':'Sequential','config':{'name':'s','layers':["
        + layer("InputLayer", "'name':'x','batch_input_shape':[null,1]") + ","
        + layer("Dense", "'name':'one','units':1,'use_bias':false") + ","
        + layer("Dense", "'name':'two','units':1,'use_bias':false") + "]}}";
    for (String list : List.of("layers", "_layer_checkpoint_dependencies")) {
      Hdf5Builder weights =
          new Hdf5Builder()
              .floats(list + "\\dense/vars/0", new float[] {2}, 1, 1)
              .floats(list + "\\dense_1/vars/0", new float[] {3}, 1, 1);
      assertNumbers(LegacyFile.predict(zip("2.14.0", config, weights), ArrayTensor.of(new float[] {1}, 1, 1)), 6);
    }
  }

  @Test
  void partsOfLayersLieUnderTheirAttributes() {
    String config = "{'class_name':'Functional','config':{'name':'f','layers':["
        + "{'name':'x','class_name':'InputLayer','config':{'name':'x','batch_input_shape':[null,2,1]},'inbound_nodes':[]},"
        + "{'name':'m','class_name':'MultiHeadAttention','config':{'name':'m','num_heads':1,'key_dim':1,'use_bias':false,"
        + "'query_shape':[null,2,1],'key_shape':[null,2,1],'value_shape':[null,2,1]},"
        + "'inbound_nodes':[[['x',0,0,{'value':['x',0,0]}]]]},"
        + "{'name':'t','class_name':'TimeDistributed','config':{'name':'t','layer':"
        + layer("Dense", "'name':'d','units':1,'use_bias':false") + "},'inbound_nodes':[[['m',0,0,{}]]]},"
        + "{'name':'r','class_name':'SimpleRNN','config':{'name':'r','units':1,'activation':'linear','use_bias':false},"
        + "'inbound_nodes':[[['t',0,0,{}]]]}],"
        + "'input_layers':['x',0,0],'output_layers':['r',0,0]}}";
    Hdf5Builder weights = new Hdf5Builder();
    for (String part : List.of("_query_dense", "_key_dense", "_value_dense", "_output_dense")) {
      float number = part.equals("_value_dense") ? 2 : part.equals("_output_dense") ? 3 : 0;
      weights.floats("layers/multi_head_attention/" + part + "/vars/0", new float[] {number}, 1, 1, 1);
    }
    weights
        .floats("layers/time_distributed/layer/vars/0", new float[] {5}, 1, 1)
        .floats("layers/simple_rnn/cell/vars/0", new float[] {1}, 1, 1)
        .floats("layers/simple_rnn/cell/vars/1", new float[] {0.5f}, 1, 1);
    // Attention to all alike: the mean 2, times 2, 3 and 5; two steps, the first of which counts half.
    ArrayTensor x = ArrayTensor.of(new float[] {1, 3}, 1, 2, 1);
    assertNumbers(LegacyFile.predict(zip("2.15.0", config, weights), x), 60 * 1.5f);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double hardSigmoid(double x) {
    return Math.clamp(0.2 * x + 0.5, 0, 1);
  }

  /** W x + U h + b for one unit. */
  private static double gate(float[] x, double[] h, ArrayTensor w, ArrayTensor u, ArrayTensor b, int unit) {
    int units = b.shape().last();
    double sum = b.floats()[unit];
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * w.floats()[i * units + unit];
    }
    for (int i = 0; i < h.length; i++) {
      sum += h[i] * u.floats()[i * units + unit];
    }
    return sum;
  }

  @Test
  void lstmOfKerasOneHasTwelveMatricesInItsOwnOrder() {
    Object[] named = new Object[24];
    ArrayTensor[][] gates = new ArrayTensor[4][];
    String order = "icfo";
    for (int g = 0; g < 4; g++) {
      gates[g] = new ArrayTensor[] {array(g, 3, 2), array(g + 10, 2, 2), array(g + 20, 2)};
      for (int k = 0; k < 3; k++) {
        named[2 * (3 * g + k)] = "lstm_1_" + "WUb".charAt(k) + "_" + order.charAt(g) + ":0";
        named[2 * (3 * g + k) + 1] = gates[g][k];
      }
    }
    String config = layer("LSTM", "'name':'lstm_1','output_dim':2,'init':'glorot_uniform','inner_init':'orthogonal',"
        + "'forget_bias_init':'one','activation':'tanh','inner_activation':'hard_sigmoid','return_sequences':false,"
        + "'go_backwards':false,'stateful':false,'unroll':false,'consume_less':'cpu','W_regularizer':null,'U_regularizer':null,"
        + "'b_regularizer':null,'dropout_W':0.0,'dropout_U':0.0,'input_dim':3,'input_length':2,'batch_input_shape':[null,2,3],"
        + "'input_dtype':'float32','trainable':true");
    ArrayTensor x = array(5, 1, 2, 3);
    double[] h = new double[2];
    double[] c = new double[2];
    for (int t = 0; t < 2; t++) {
      float[] step = Arrays.copyOfRange(x.floats(), 3 * t, 3 * t + 3);
      double[] before = h.clone();
      for (int unit = 0; unit < 2; unit++) {
        double[] z = new double[4];
        for (int g = 0; g < 4; g++) {
          z[g] = gate(step, before, gates[g][0], gates[g][1], gates[g][2], unit);
        }
        c[unit] = hardSigmoid(z[2]) * c[unit] + hardSigmoid(z[0]) * Math.tanh(z[1]);
        h[unit] = hardSigmoid(z[3]) * Math.tanh(c[unit]);
      }
    }
    assertNumbers(LegacyFile.sequential("1.2.2", config).weights("lstm_1", named).predict(x), (float) h[0], (float) h[1]);
  }

  @Test
  void gruResetsBeforeTheProductUnlessItSaysOtherwise() {
    ArrayTensor kernel = array(1, 1, 6);
    ArrayTensor recurrent = array(2, 2, 6);
    ArrayTensor one = array(3, 6);
    ArrayTensor two = array(4, 2, 6);
    ArrayTensor x = ArrayTensor.of(new float[] {0.7f, -0.4f}, 1, 2, 1);
    String common = "'name':'g','units':2,'activation':'tanh','recurrent_activation':'sigmoid','batch_input_shape':[null,2,1]";
    float[] before =
        LegacyFile.sequential("2.1.6", layer("GRU", common)).weights("g", "g/kernel:0", kernel, "g/recurrent_kernel:0", recurrent, "g/bias:0", one)
            .predict(x);
    assertNumbers(before, gru(x, kernel, recurrent, one, false));
    float[] after =
        LegacyFile.sequential("2.4.0", layer("GRU", common + ",'reset_after':true"))
            .weights("g", "g/gru_cell/kernel:0", kernel, "g/gru_cell/recurrent_kernel:0", recurrent, "g/gru_cell/bias:0", two)
            .predict(x);
    assertNumbers(after, gru(x, kernel, recurrent, two, true));
    assertThat(gru(x, kernel, recurrent, one, false)[0]).isNotCloseTo(gru(x, kernel, recurrent, two, true)[0], CLOSE);
  }

  private static float[] gru(ArrayTensor x, ArrayTensor kernel, ArrayTensor recurrent, ArrayTensor bias, boolean after) {
    double[] h = new double[2];
    for (float step : x.floats()) {
      double[] before = h.clone();
      double[] reset = new double[2];
      for (int unit = 0; unit < 2; unit++) {
        reset[unit] = sigmoid(part(step, kernel, bias, 2 + unit) + sum(before, recurrent, 2 + unit) + second(bias, after, 2 + unit));
      }
      for (int unit = 0; unit < 2; unit++) {
        double z = sigmoid(part(step, kernel, bias, unit) + sum(before, recurrent, unit) + second(bias, after, unit));
        double[] shut = {reset[0] * before[0], reset[1] * before[1]};
        double inner = after
            ? reset[unit] * (sum(before, recurrent, 4 + unit) + second(bias, true, 4 + unit))
            : sum(shut, recurrent, 4 + unit);
        h[unit] = z * before[unit] + (1 - z) * Math.tanh(part(step, kernel, bias, 4 + unit) + inner);
      }
    }
    return new float[] {(float) h[0], (float) h[1]};
  }

  private static double part(float x, ArrayTensor kernel, ArrayTensor bias, int column) {
    return x * kernel.floats()[column] + bias.floats()[column];
  }

  private static double second(ArrayTensor bias, boolean after, int column) {
    return after ? bias.floats()[6 + column] : 0;
  }

  private static double sum(double[] h, ArrayTensor recurrent, int column) {
    return h[0] * recurrent.floats()[column] + h[1] * recurrent.floats()[6 + column];
  }

  /**
   * CuDNN wants each gate's matrix as (units, inputs), and Keras flattens what it stores as (inputs, units) for it. The
   * biases of input and state are added.
   */
  @Test
  void cudnnLayersStoreEachGateTransposedAndTwoBiases() {
    int units = 2;
    int inputs = 3;
    ArrayTensor stored = array(1, inputs, 4 * units);
    ArrayTensor storedRecurrent = array(2, units, 4 * units);
    ArrayTensor bias = array(3, 8 * units);
    ArrayTensor x = array(4, 1, 1, inputs);
    double[] z = new double[8];
    for (int gate = 0; gate < 4; gate++) {
      float[] flat = new float[inputs * units];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = stored.floats()[i / units * 8 + gate * units + i % units];
      }
      for (int unit = 0; unit < units; unit++) {
        double sum = bias.floats()[gate * units + unit] + bias.floats()[8 + gate * units + unit];
        for (int i = 0; i < inputs; i++) {
          sum += x.floats()[i] * flat[unit * inputs + i];
        }
        z[gate * units + unit] = sum;
      }
    }
    float[] expected = new float[units];
    for (int unit = 0; unit < units; unit++) {
      double c = sigmoid(z[unit]) * Math.tanh(z[4 + unit]);
      expected[unit] = (float) (sigmoid(z[6 + unit]) * Math.tanh(c));
    }
    String lstm = layer("CuDNNLSTM", "'name':'l','units':2,'return_sequences':false,'stateful':false,'batch_input_shape':[null,1,3]");
    LegacyFile file =
        LegacyFile.sequential("2.1.6-tf", lstm)
            .weights("l", "l/kernel:0", stored, "l/recurrent_kernel:0", storedRecurrent, "l/bias:0", bias);
    assertNumbers(file.predict(x), expected);
    String gru = layer("CuDNNGRU", "'name':'g','units':1,'batch_input_shape':[null,1,2]");
    ArrayTensor kernel = ArrayTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    ArrayTensor two = ArrayTensor.of(new float[] {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f}, 6);
    float[] got =
        LegacyFile.sequential("2.2.4", gru)
            .weights("g", "g/kernel:0", kernel, "g/recurrent_kernel:0", array(1, 1, 3), "g/bias:0", two)
            .predict(ArrayTensor.of(new float[] {0.1f, -0.2f}, 1, 1, 2));
    double update = sigmoid(0.1 * 1 - 0.2 * 4 + 0.1 + 0.4);
    double reset = sigmoid(0.1 * 2 - 0.2 * 5 + 0.2 + 0.5);
    assertNumbers(got, (float) ((1 - update) * Math.tanh(0.1 * 3 - 0.2 * 6 + 0.3 + reset * 0.6)));
  }

  @Test
  void batchNormalizationHasOldNamesOrdersAndAxes() {
    ArrayTensor gamma = ArrayTensor.of(new float[] {2}, 1);
    ArrayTensor beta = ArrayTensor.of(new float[] {5}, 1);
    ArrayTensor mean = ArrayTensor.of(new float[] {1}, 1);
    ArrayTensor variance = ArrayTensor.of(new float[] {4}, 1);
    ArrayTensor x = ArrayTensor.of(new float[] {7}, 1, 1);
    float y = (float) (2 * 6 / Math.sqrt(4.001) + 5);
    String first = layer("BatchNormalization", "'name':'b','mode':0,'axis':-1,'epsilon':0.001,'momentum':0.99,'gamma_init':'one','beta_init':'zero','batch_input_shape':[null,1]");
    assertNumbers(
        LegacyFile.sequential("1.2.0", first)
            .weights("b", "b_gamma:0", gamma, "b_beta:0", beta, "b_running_mean:0", mean, "b_running_std:0", variance).predict(x), y);
    String second = layer("BatchNormalizationV1", "'name':'b','axis':[1],'epsilon':0.001,'momentum':0.99,'batch_input_shape':[null,1]");
    assertNumbers(
        LegacyFile.sequential("2.0.6-tf", second)
            .weights("b", "b/beta:0", beta, "b/gamma:0", gamma, "b/moving_mean:0", mean, "b/moving_variance:0", variance).predict(x), y);
    String plain = layer("BatchNormalization", "'name':'b','axis':[1],'scale':false,'center':false,'epsilon':0.001,'momentum':0.99,'batch_input_shape':[null,1]");
    assertNumbers(
        LegacyFile.sequential("2.3.0-tf", plain).weights("b", "b/moving_mean:0", mean, "b/moving_variance:0", variance).predict(x),
        (float) (6 / Math.sqrt(4.001)));
    String byBatch = layer("BatchNormalization", "'name':'b','mode':2,'axis':-1,'epsilon':0.001,'momentum':0.99,'batch_input_shape':[null,1]");
    assertRefused(() -> LegacyFile.sequential("1.2.0", byBatch).predict(x), Reason.UNSUPPORTED, "'b'", "mode 2");
  }

  @Test
  void namesOfWeightsArePathsInTheLayersGroup() {
    float[] got =
        LegacyFile.sequential("2.9.0", DENSE).weights("d", "global/shared/other_W:0", KERNEL, "somebody_else/bias:0", BIAS).predict(X);
    assertNumbers(got, Y);
  }

  @Test
  void nestedModelsListTrainableWeightsFirst() {
    String normalization = layer("BatchNormalization", "'name':'%s','axis':[1],'epsilon':0.0,'momentum':0.99%s");
    String inner = "{'class_name':'Sequential','config':{'name':'inner','layers':["
        + String.format(normalization, "n1", ",'batch_input_shape':[null,1]") + ","
        + layer("Dense", "'name':'d','units':1,'trainable':false") + "," + String.format(normalization, "n2", "") + "]}}";
    LegacyFile file =
        LegacyFile.h5("2.4.0", "{'class_name':'Sequential','config':{'name':'s','layers':[" + inner + "]}}")
            .weights(
                "inner",
                "n1/gamma:0", one(2), "n1/beta:0", one(3), "n2/gamma:0", one(5), "n2/beta:0", one(7),
                "n1/moving_mean:0", one(1), "n1/moving_variance:0", one(4), "d/kernel:0", one(10), "d/bias:0", one(6),
                "n2/moving_mean:0", one(0), "n2/moving_variance:0", one(1));
    // n1: 2 (5 - 1) / 2 + 3 = 7; d, which is frozen: 76; n2: 5 * 76 + 7.
    assertNumbers(file.predict(ArrayTensor.of(new float[] {5}, 1, 1)), 387);
  }

  private static ArrayTensor one(float value) {
    return value == 10 ? ArrayTensor.of(new float[] {value}, 1, 1) : ArrayTensor.of(new float[] {value}, 1);
  }

  @Test
  void layersWithoutWeightsHaveAnEmptyListOfNumbers() {
    float[] got =
        LegacyFile.sequential("2.9.0", DENSE, layer("Activation", "'name':'a','activation':'relu'"))
            .weights("d", "d/kernel:0", KERNEL, "d/bias:0", BIAS).weights("a").predict(X);
    assertNumbers(got, Y);
  }

  @Test
  void longListsOfNamesAreSplit() {
    assertNumbers(LegacyFile.predict(dense().build(true), X), Y);
  }

  @Test
  void aListThatNamesWhatIsNotThereIsAFileCutShort() {
    LegacyFile file = dense();
    byte[] whole = file.build();
    file.file().texts("model_weights/d", "weight_names", List.of("d/kernel:0", "d/gone:0"));
    assertThat(LegacyFile.predict(whole, X)).isNotEmpty();
    assertRefused(() -> LegacyFile.predict(file.file().build(), X), Reason.MISSING_WEIGHTS, "d/gone:0", "cut short");
    byte[] half = Arrays.copyOf(whole, whole.length / 2);
    assertRefused(() -> LegacyFile.predict(half, X), Reason.INVALID_MODEL, "m");
  }

  /** out = sum over the window of the kernel turned round, as Theano convolves. */
  @Test
  void theanoFilesHoldTrueConvolutionsInTheirOwnLayout() {
    ArrayTensor kernel = array(1, 2, 3, 2, 2);
    ArrayTensor x = array(2, 1, 3, 2, 2);
    float[] expected = new float[2];
    for (int out = 0; out < 2; out++) {
      double sum = 0;
      for (int in = 0; in < 3; in++) {
        for (int cell = 0; cell < 4; cell++) {
          sum += x.floats()[in * 4 + cell] * kernel.floats()[(out * 3 + in) * 4 + 3 - cell];
        }
      }
      expected[out] = (float) sum;
    }
    String convolution = layer("Convolution2D", "'name':'c','nb_filter':2,'nb_row':2,'nb_col':2,'border_mode':'valid','subsample':[1,1],"
        + "'dim_ordering':'th','bias':true,'activation':'linear','init':'uniform','batch_input_shape':[null,3,2,2]");
    ArrayTensor bias = ArrayTensor.of(new float[2], 2);
    assertNumbers(LegacyFile.sequential("1.1.0", convolution).weights("c", "c_W", kernel, "c_b", bias).predict(x), expected);
    float[] correlated = LegacyFile.sequential("1.1.0", convolution).weights("c", "c_W:0", kernel, "c_b:0", bias).predict(x);
    assertThat(correlated[0]).isNotCloseTo(expected[0], CLOSE);
    String later = layer("Conv2D", "'name':'c','filters':2,'kernel_size':[2,2],'strides':[1,1],'padding':'valid','data_format':'channels_first',"
        + "'use_bias':false,'activation':'linear','batch_input_shape':[null,3,2,2]");
    ArrayTensor rearranged = ArrayTensor.of(new float[24], 2, 2, 3, 2);
    for (int i = 0; i < 24; i++) {
      rearranged.floats()[(i % 4 * 3 + i / 4 % 3) * 2 + i / 12] = kernel.floats()[i];
    }
    assertNumbers(LegacyFile.sequential("2.1.0", later).backend("theano").weights("c", "c/kernel", rearranged).predict(x), expected);
  }

  @Test
  void keysAndClassesOfKerasOneAreKnown() {
    String config = "{'class_name':'Model','config':{'name':'m','layers':["
        + "{'name':'x','class_name':'InputLayer','config':{'name':'x','batch_input_shape':[null,4,1],'input_dtype':'float32','sparse':false},'inbound_nodes':[]},"
        + "{'name':'c','class_name':'Convolution1D','config':{'name':'c','nb_filter':1,'filter_length':2,'border_mode':'valid','subsample_length':1,"
        + "'activation':'linear','bias':false,'input_dim':null,'input_length':null},'inbound_nodes':[[['x',0,0]]]},"
        + "{'name':'p','class_name':'MaxPooling1D','config':{'name':'p','pool_length':3,'stride':1,'border_mode':'valid'},'inbound_nodes':[[['c',0,0]]]},"
        + "{'name':'q','class_name':'AveragePooling1D','config':{'name':'q','pool_length':3,'stride':1,'border_mode':'valid'},'inbound_nodes':[[['c',0,0]]]},"
        + "{'name':'s','class_name':'Merge','config':{'name':'s','mode':'%s','concat_axis':-1,'dot_axes':-1,'mode_type':'raw'},'inbound_nodes':[[['p',0,0],['q',0,0]]]},"
        + "{'name':'t','class_name':'TimeDistributedDense','config':{'name':'t','output_dim':1,'bias':false,'init':'one','activation':'linear','input_dim':%d},'inbound_nodes':[[['s',0,0]]]},"
        + "{'name':'o','class_name':'Dropout','config':{'name':'o','p':0.5},'inbound_nodes':[[['t',0,0]]]}],"
        + "'input_layers':[['x',0,0]],'output_layers':[['o',0,0]]}}";
    ArrayTensor x = ArrayTensor.of(new float[] {1, 2, 4, 8}, 1, 4, 1);
    ArrayTensor kernel = ArrayTensor.of(new float[] {1, 10}, 2, 1, 1, 1);
    // c: 21, 42, 84; the largest 84, the mean 49.
    for (Map.Entry<String, Float> mode : Map.of("sum", 133f, "mul", 4116f, "max", 84f, "ave", 66.5f).entrySet()) {
      float[] got =
          LegacyFile.h5("1.2.2", String.format(config, mode.getKey(), 1))
              .weights("c", "c_W:0", kernel).weights("t", "t_W:0", ArrayTensor.of(new float[] {2}, 1, 1)).predict(x);
      assertNumbers(got, 2 * mode.getValue());
    }
    float[] joined =
        LegacyFile.h5("1.2.2", String.format(config, "concat", 2))
            .weights("c", "c_W:0", kernel).weights("t", "t_W:0", ArrayTensor.of(new float[] {2, 3}, 2, 1)).predict(x);
    assertNumbers(joined, 2 * 84 + 3 * 49);
    for (String gone : List.of("MaxoutDense", "Highway")) {
      String layer = layer(gone, "'name':'h','batch_input_shape':[null,2]");
      assertRefused(() -> LegacyFile.sequential("1.2.2", layer).weights("h").predict(X), Reason.UNKNOWN_LAYER, gone, "'h'");
    }
  }

  @Test
  void sequentialModelsOfKerasOneMayBeginWithAMerge() {
    String branch = "{'class_name':'Sequential','config':[" + layer("Dense", "'name':'%s','output_dim':1,'bias':false,'activation':'linear','batch_input_shape':[null,1]") + "]}";
    String merge = layer("Merge", "'name':'m','mode':'concat','concat_axis':-1,'layers':[" + String.format(branch, "a") + "," + String.format(branch, "b") + "]");
    LegacyFile file =
        LegacyFile.sequential("1.1.1", merge, layer("Dense", "'name':'c','output_dim':1,'bias':false,'activation':'linear'"))
            .weights("a", "a_W:0", one(10)).weights("b", "b_W:0", ArrayTensor.of(new float[] {3}, 1, 1))
            .weights("m").weights("c", "c_W:0", ArrayTensor.of(new float[] {1, 2}, 2, 1));
    assertNumbers(file.predict(ArrayTensor.of(new float[] {1}, 1, 1), ArrayTensor.of(new float[] {5}, 1, 1)), 40);
  }

  @Test
  void graphNodesOfEarlyTensorFlowTwoAreCalls() {
    String config = "{'class_name':'Model','config':{'name':'m','layers':["
        + "{'name':'x','class_name':'InputLayer','config':{'name':'x','batch_input_shape':[null,2]},'inbound_nodes':[]},"
        + "{'name':'tf_op_layer_Sub','class_name':'TensorFlowOpLayer','config':{'name':'Sub','trainable':true,'dtype':'float32',"
        + "'node_def':{'name':'Sub','op':'Sub','input':['Sub/x','x'],'attr':{'T':{'type':'DT_FLOAT'}}},'constants':{'0':1.0}},"
        + "'inbound_nodes':[[['x',0,0,{}]]]},"
        + "{'name':'tf_op_layer_Mean','class_name':'TensorFlowOpLayer','config':{'name':'Mean','trainable':true,'dtype':'float32',"
        + "'node_def':{'name':'Mean','op':'Mean','input':['Sub','i'],'attr':{'keep_dims':{'b':true}}},'constants':{'1':-1}},"
        + "'inbound_nodes':[[['tf_op_layer_Sub',0,0,{}]]]}],"
        + "'input_layers':[['x',0,0]],'output_layers':[['tf_op_layer_Mean',0,0]]}}";
    assertNumbers(LegacyFile.h5("2.4.0", config).weights("x").predict(X), -4.5f);
    assertRefused(
        () -> LegacyFile.h5("2.4.0", config.replace("'op':'Sub'", "'op':'FFT'")).weights("x").predict(X),
        Reason.UNSUPPORTED, "tf_op_layer_Sub", "FFT");
  }

  @Test
  void leakyReluTheLayerIsNotLeakyReluTheFunction() {
    ArrayTensor x = ArrayTensor.of(new float[] {-10}, 1, 1);
    String shape = ",'batch_input_shape':[null,1]";
    assertNumbers(LegacyFile.sequential("2.2.4", layer("LeakyReLU", "'name':'l'" + shape)).weights("l").predict(x), -3);
    assertNumbers(LegacyFile.sequential("2.2.4", layer("LeakyReLU", "'name':'l','alpha':0.1" + shape)).weights("l").predict(x), -1);
    assertNumbers(
        LegacyFile.sequential("2.9.0", layer("Activation", "'name':'l','activation':'leaky_relu'" + shape)).weights("l").predict(x), -2);
    String object = layer("Activation", "'name':'l','activation':{'class_name':'LeakyReLU','config':{'name':'r','alpha':0.5}}" + shape);
    assertNumbers(LegacyFile.sequential("2.9.0", object).weights("l").predict(x), -5);
    assertNumbers(LegacyFile.sequential("2.2.4", layer("ELU", "'name':'l','alpha':2.0" + shape)).weights("l").predict(x), (float) (2 * Math.expm1(-10)));
    assertNumbers(
        LegacyFile.sequential("2.4.0", layer("ReLU", "'name':'l','max_value':6.0,'negative_slope':0.5,'threshold':1.0" + shape)).weights("l").predict(x), -5.5f);
  }

  @Test
  void numbersMayBeFloat32ArtefactsOrInfinite() {
    ArrayTensor x = ArrayTensor.of(new float[] {-10, 1e9f}, 1, 2);
    String relu = layer("ReLU", "'name':'l','max_value':Infinity,'negative_slope':0.20000000298023224,'threshold':0.0,'batch_input_shape':[null,2]");
    assertNumbers(LegacyFile.sequential("2.4.0", relu).weights("l").predict(x), -2, 1e9f);
    String numpy = layer("ReLU", "'name':'l','max_value':{'class_name':'__numpy__','config':{'value':1.5,'dtype':'float32'}},'batch_input_shape':[null,2]");
    assertNumbers(LegacyFile.sequential("2.12.0", numpy).weights("l").predict(x), 0, 1.5f);
  }

  @Test
  void lambdasAreNeverRunButMayBeReplaced() {
    String lambda = layer("Lambda", "'name':'scale','function':['4wEAAAA=\\n',null,null],'function_type':'lambda','output_shape':null,"
        + "'output_shape_type':'raw','arguments':{},'batch_input_shape':[null,2]");
    byte[] file = LegacyFile.sequential("2.2.4", lambda).weights("scale").build();
    assertRefused(() -> LegacyFile.predict(file, X), Reason.UNSUPPORTED, "'scale'", "Lambda");
    ModelDescription replaced = ModelFiles.open(file, OPTIONS.withReplace(Map.of("scale", "MyPackage>half")));
    try (Engine engine =
        Engine.builder().threads(1).kernels("ejml").plugin(registry -> registry.activation("MyPackage>half", x -> x / 2)).build()) {
      assertNumbers(engine.load(replaced).predict(List.of(X)).get(0).floats(), 0.5f, 5);
    }
  }

  private static String additions(String add) {
    return "{'class_name':'Functional','config':{'name':'f','layers':["
        + "{'name':'x','class_name':'InputLayer','config':{'name':'x','batch_%s':[null,2]},'inbound_nodes':[]}," + add
        + "],'input_layers':[['x',0,0]],'output_layers':[['tf.__operators__.add',0,0]]}}";
  }

  @Test
  void operationsOfTensorFlowAndOfKerasStandAmongLayers() {
    String lambda = "{'name':'tf.__operators__.add','class_name':'TFOpLambda','config':{'name':'tf.__operators__.add',"
        + "'trainable':true,'dtype':'float32','function':'%s'},'inbound_nodes':[['x',0,0,{'y':['x',0,0],'name':null}]]}";
    String old = additions(String.format(lambda, "__operators__.add")).replace("batch_%s", "batch_input_shape");
    assertNumbers(LegacyFile.h5("2.9.0", old).weights("tf.__operators__.add").predict(X), 2, 20);
    String unknown = additions(String.format(lambda, "image.adjust_gamma")).replace("batch_%s", "batch_input_shape");
    assertRefused(
        () -> LegacyFile.h5("2.9.0", unknown).predict(X), Reason.UNSUPPORTED, "image.adjust_gamma", "tf.__operators__.add");
    String tensor = "{'class_name':'__keras_tensor__','config':{'keras_history':['x',0,0]}}";
    String operation = "{'name':'tf.__operators__.add','class_name':'Add','config':{'name':'tf.__operators__.add'},"
        + "'inbound_nodes':[{'args':[" + tensor + "," + tensor + "],'kwargs':{}}]}";
    String today = additions(operation).replace("batch_%s", "batch_shape");
    assertNumbers(LegacyFile.h5("3.5.0", today).weights("x").predict(X), 2, 20);
  }

  @Test
  void customClassesGoByTheirRegisteredNames() {
    String custom = layer("Custom>TransformerBlock", "'name':'t','trainable':true,'batch_input_shape':[null,2]");
    byte[] file = LegacyFile.sequential("2.9.0", custom).weights("t").build();
    assertRefused(() -> LegacyFile.predict(file, X), Reason.UNKNOWN_LAYER, "Custom>TransformerBlock");
    try (Engine engine =
        Engine.builder().threads(1).kernels("ejml")
            .plugin(registry -> registry.activation("Custom>TransformerBlock", x -> -x)).build()) {
      assertNumbers(engine.load(ModelFiles.open(file, OPTIONS)).predict(List.of(X)).get(0).floats(), -1, -10);
    }
  }

  @Test
  void masksOfEmbeddingsReachTheLayersBehindThem() {
    LegacyFile file =
        LegacyFile.sequential(
                "2.2.4",
                layer("Embedding", "'name':'e','input_dim':3,'output_dim':1,'mask_zero':true,'input_length':null,'batch_input_shape':[null,null]"),
                layer("SimpleRNN", "'name':'r','units':1,'activation':'linear','use_bias':false"))
            .weights("e", "e/embeddings:0", ArrayTensor.of(new float[] {100, 1, 2}, 3, 1))
            .weights("r", "r/kernel:0", ArrayTensor.of(new float[] {1}, 1, 1), "r/recurrent_kernel:0", ArrayTensor.of(new float[] {0.5f}, 1, 1));
    assertNumbers(file.predict(ArrayTensor.of(new float[] {1, 2, 0, 0}, 1, 4)), 2.5f);
  }

  @Test
  void normalizationCountsItsSamplesInAWeight() {
    String adapted = layer("Normalization", "'name':'n','axis':[-1],'mean':null,'variance':null,'batch_input_shape':[null,2]");
    String config = "{'class_name':'Sequential','config':{'name':'s','layers':[" + adapted + "]}}";
    Hdf5Builder weights =
        new Hdf5Builder()
            .floats("layers/normalization/vars/0", new float[] {1, 2}, 2)
            .floats("layers/normalization/vars/1", new float[] {4, 16}, 2)
            .longs("layers/normalization/vars/2", new long[] {9});
    assertNumbers(LegacyFile.predict(zip("2.15.0", config, weights), X), 0, 2);
    String given = layer("Normalization", "'name':'n','axis':[-1],'mean':[1.0,2.0],'variance':[4.0,16.0],'batch_input_shape':[null,2]");
    assertNumbers(LegacyFile.sequential("2.9.0", given).weights("n").predict(X), 0, 2);
  }

  @Test
  void callsAreCountedAndThoseOfNestedModelsFromOne() {
    String inner = "'class_name':'Model','config':{'name':'inner','layers':["
        + "{'name':'i','class_name':'InputLayer','config':{'name':'i','batch_input_shape':[null,1]},'inbound_nodes':[]},"
        + "{'name':'d','class_name':'Dense','config':{'name':'d','units':1,'activation':'linear'},'inbound_nodes':[[['i',0,0,{}]]]}],"
        + "'input_layers':[['i',0,0]],'output_layers':[['d',0,0]]}";
    String config = "{'class_name':'Model','config':{'name':'m','layers':["
        + "{'name':'x','class_name':'InputLayer','config':{'name':'x','batch_input_shape':[null,1]},'inbound_nodes':[]},"
        + "{'name':'s','class_name':'Dense','config':{'name':'s','units':1,'use_bias':false,'activation':'linear'},'inbound_nodes':[[['x',0,0,{}]],[['s',0,0,{}]]]},"
        + "{'name':'inner'," + inner + ",'inbound_nodes':[[['s',1,0,{}]],[['inner',1,0,{}]]]},"
        + "{'name':'t','class_name':'Subtract','config':{'name':'t'},'inbound_nodes':[[['inner',2,0,{}],['inner',1,0,{}]]]}],"
        + "'input_layers':[['x',0,0]],'output_layers':[['t',0,0]]}}";
    LegacyFile file =
        LegacyFile.h5("2.2.4", config)
            .weights("s", "s/kernel:0", ArrayTensor.of(new float[] {3}, 1, 1))
            .weights("inner", "d/kernel:0", ArrayTensor.of(new float[] {2}, 1, 1), "d/bias:0", ArrayTensor.of(new float[] {1}, 1));
    // s twice: 9; inner once: 19, twice: 39.
    assertNumbers(file.predict(ArrayTensor.of(new float[] {1}, 1, 1)), 20);
  }

  @Test
  void whatOnlyTrainingNeedsIsLeftAlone() {
    LegacyFile file =
        LegacyFile.sequential(
                "2.9.0",
                layer("Embedding", "'name':'e','input_dim':2,'output_dim':1,'input_length':3,'mask_zero':false,'embeddings_initializer':"
                    + "{'class_name':'RandomUniform','config':{'minval':-0.05}},'activity_regularizer':null,'batch_input_shape':[null,2]"),
                layer("Dropout", "'name':'o','rate':0.5,'noise_shape':[null,1],'seed':7"))
            .weights("e", "e/embeddings:0", ArrayTensor.of(new float[] {4, 5}, 2, 1)).weights("o");
    file.file().floats("optimizer_weights/Adam/m:0", new float[1], 1).text("", "training_config", "{\"loss\": \"mse\"}")
        .emptyNames("model_weights/top_level_model_weights", "weight_names");
    assertNumbers(file.predict(ArrayTensor.of(new float[] {1, 0}, 1, 2)), 5, 4);
  }

  @Test
  void weightsMayBeNumpyArraysInTheZip() {
    String config = "{'class_name':'Sequential','config':{'name':'s','layers':["
        + layer("InputLayer", "'name':'x','batch_shape':[null,2]") + "," + layer("Dense", "'name':'d','units':2") + "]}}";
    byte[] file =
        ZipArchiveTest.zip(
            "metadata.json", json("{'keras_version':'3.15.0'}").getBytes(StandardCharsets.UTF_8),
            "config.json", json(config).getBytes(StandardCharsets.UTF_8),
            "model.weights.npz", Npz.bytes(Map.of("layers/dense/vars/0", KERNEL, "layers/dense/vars/1", BIAS)));
    assertNumbers(LegacyFile.predict(file, X), Y);
    String quantised = "{'class_name':'Sequential','config':{'name':'s','layers':["
        + layer("InputLayer", "'name':'x','batch_shape':[null,2]") + ","
        + layer("Dense", "'name':'d','units':2,'dtype':{'class_name':'QuantizedDTypePolicy','config':{'name':'int8_from_float32'}}") + "]}}";
    assertRefused(
        () -> LegacyFile.predict(zip("3.15.0", quantised, new Hdf5Builder().longs("a", new long[] {1})), X),
        Reason.UNSUPPORTED, "QuantizedDTypePolicy");
  }

  @Test
  void vocabulariesLieInAssets() {
    String lookup = layer("StringLookup", "'name':'l','vocabulary':null,'mask_token':null,'num_oov_indices':1,'oov_token':'[UNK]',"
        + "'output_mode':'int','max_tokens':null,'invert':false,'dtype':'int64'");
    String config = "{'class_name':'Sequential','config':{'name':'s','layers':["
        + layer("InputLayer", "'name':'x','batch_input_shape':[null,1],'dtype':'string'") + "," + lookup + "]}}";
    byte[] file =
        zip(
            "2.12.0", config, new Hdf5Builder().group("_layer_checkpoint_dependencies/string_lookup/vars"),
            "assets/_layer_checkpoint_dependencies/string_lookup/vocabulary.txt",
            "[UNK]\nhorn\npost".getBytes(StandardCharsets.UTF_8));
    try (Engine engine = Engine.builder().threads(1).kernels("ejml").build()) {
      ArrayTensor words = ArrayTensor.of(new String[] {"post", "coach"}, 2, 1);
      ArrayTensor got = engine.load(ModelFiles.open(file, OPTIONS)).predict(List.of(words)).get(0);
      assertThat(got.longs()).containsExactly(2, 0);
    }
  }

  @Test
  void aModelNeedsNoTrainingConfigAndItsConfigMayBeBytes() {
    assertNumbers(dense().predict(X), Y);
    String config = json("{'class_name':'Sequential','config':[" + DENSE + "]}");
    LegacyFile file = dense();
    byte[] text = config.getBytes(StandardCharsets.UTF_8);
    file.file().fixedText("", "model_config", text);
    assertNumbers(file.predict(X), Y);
  }

  @Test
  void weightsAloneTakeTheirArchitectureFromAText(@TempDir Path folder) throws IOException {
    Path architecture = folder.resolve("architecture.json");
    String config = json("{'class_name':'Sequential','keras_version':'2.2.4','backend':'tensorflow','config':[" + DENSE + "]}");
    Files.writeString(architecture, config);
    byte[] weights =
        new Hdf5Builder()
            .texts("", "layer_names", List.of("d")).texts("d", "weight_names", List.of("d/kernel:0", "d/bias:0"))
            .floats("d/d/kernel:0", KERNEL.floats(), 2, 2).floats("d/d/bias:0", BIAS.floats(), 2).build();
    ModelDescription model = ModelFiles.open(weights, OPTIONS.withArchitecture(architecture));
    assertThat(model.kerasVersion()).isEqualTo(new KerasVersion(2, 2, 4));
    try (Engine engine = Engine.builder().threads(1).kernels("ejml").build()) {
      assertNumbers(engine.load(model).predict(List.of(X)).get(0).floats(), Y);
    }
  }
}
