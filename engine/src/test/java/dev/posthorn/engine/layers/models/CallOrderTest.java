package dev.posthorn.engine.layers.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CallOrderTest {
  @Test
  void ordersAChainWrittenBackwardsWithoutRecursion() {
    int length = 100_000;
    int[][] sources = new int[length][];
    for (int call = 0; call < length; call++) {
      sources[call] = call == length - 1 ? new int[0] : new int[] {call + 1};
    }

    CallOrder order = new CallOrder(sources, new int[] {0});

    assertThat(order.onCycle()).isEmpty();
    assertThat(order.order()).containsExactlyElementsOf(
        IntStream.range(0, length).mapToObj(i -> length - 1 - i).toList());
  }

  @Test
  void keepsTheOrderOfTheFileWhereItCanAndLeavesOutWhatNobodyNeeds() {
    int[][] sources = {{}, {0}, {0}, {1, 2}, {3}};

    assertThat(new CallOrder(sources, new int[] {3}).order()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void takesTheSameSourceTwice() {
    assertThat(new CallOrder(new int[][] {{}, {0, 0}}, new int[] {1}).order()).containsExactly(0, 1);
  }

  @Test
  void findsACycle() {
    CallOrder order = new CallOrder(new int[][] {{}, {0, 3}, {1}, {2}, {3}}, new int[] {4});

    assertThat(order.order()).containsExactly(0);
    assertThat(order.onCycle()).contains(1);
  }
}
