package dev.posthorn.examples.layers;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.spi.DType;
import dev.posthorn.testkit.LayerContract;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract of a layer on each of ours, with a few numbers worked out by hand. */
class MyPluginTest {
  private static LayerContract contract(String name) {
    return LayerContract.of(name).plugin(new MyPlugin());
  }

  @TestFactory
  Stream<DynamicTest> scaledShift() {
    return contract("MyPackage>ScaledShift")
        .config(Map.of("power", 2.0))
        .input(DType.FLOAT32, -1, 2)
        .expect(
            List.of(ArrayTensor.of(new float[] {1, 0.5f}, 2), ArrayTensor.of(new float[] {0, 10}, 2)),
            List.of(ArrayTensor.of(new float[] {3, -4, -1, 0}, 2, 2)),
            List.of(ArrayTensor.of(new float[] {9, 2, -1, 10}, 2, 2)))
        .tests();
  }

  @TestFactory
  Stream<DynamicTest> gatedUnit() {
    // value = 2 x, gate = 0: half of relu(2 x).
    return contract("MyPackage>GatedUnit")
        .config(Map.of("units", 1, "activation", "relu"))
        .input(DType.FLOAT32, -1, 1)
        .expect(
            List.of(number(2), vector(0), number(0), vector(0)),
            List.of(ArrayTensor.of(new float[] {3, -3}, 2, 1)),
            List.of(ArrayTensor.of(new float[] {3, 0}, 2, 1)))
        .tests();
  }

  @TestFactory
  Stream<DynamicTest> twoTower() {
    // left = x, right = 0: out = (relu(x), -relu(x) + 1).
    return contract("MyPackage>TwoTower")
        .config(Map.of("units", 1))
        .input(DType.FLOAT32, -1, 1)
        .expect(
            List.of(
                number(1), vector(0), number(0), vector(0),
                ArrayTensor.of(new float[] {1, -1}, 1, 2), ArrayTensor.of(new float[] {0, 1}, 2)),
            List.of(ArrayTensor.of(new float[] {2, -5}, 2, 1)),
            List.of(ArrayTensor.of(new float[] {2, -1, 0, 1}, 2, 2)))
        .tests();
  }

  @TestFactory
  Stream<DynamicTest> snake() {
    double quarter = Math.PI / 2;
    return contract("Activation")
        .config(Map.of("activation", "MyPackage>snake"))
        // StrictMath.sin allocates where it reduces its argument.
        .allocates()
        .input(DType.FLOAT32, -1, 3)
        .expect(
            List.of(),
            List.of(ArrayTensor.of(new float[] {0, (float) quarter, (float) -quarter}, 1, 3)),
            List.of(ArrayTensor.of(new float[] {0, (float) (quarter + 1), (float) (1 - quarter)}, 1, 3)))
        .tests();
  }

  @TestFactory
  Stream<DynamicTest> halveAndShiftInALambda() {
    Map<String, ?> function =
        Map.of("class_name", "function", "config", "MyPackage>halve_and_shift", "registered_name", "function");
    return contract("Lambda")
        .config(Map.of("function", function))
        .input(DType.FLOAT32, -1, 2)
        .expect(
            List.of(),
            List.of(ArrayTensor.of(new float[] {4, -2}, 1, 2)),
            List.of(ArrayTensor.of(new float[] {3, 0}, 1, 2)))
        .tests();
  }

  private static ArrayTensor number(float value) {
    return ArrayTensor.of(new float[] {value}, 1, 1);
  }

  private static ArrayTensor vector(float value) {
    return ArrayTensor.of(new float[] {value}, 1);
  }
}
