package dev.posthorn.server;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Layers that are slow, or fail, or wait for the test: {@code Test>Slow}, {@code Test>Picky}, {@code Test>Gate}. */
public final class TestLayers implements LayerPlugin {
  /** A value that {@code Test>Picky} cannot stand. */
  public static final float POISON = 666;

  private final AtomicReference<CountDownLatch> gate = new AtomicReference<>(new CountDownLatch(0));
  private final AtomicInteger atGate = new AtomicInteger();

  /** How many runs of {@code Test>Gate} have come to the gate since it was closed. */
  public int atGate() {
    return atGate.get();
  }

  /** From now on {@code Test>Gate} waits until the latch that this returns is counted down. */
  public CountDownLatch closeGate() {
    CountDownLatch closed = new CountDownLatch(1);
    atGate.set(0);
    gate.set(closed);
    return closed;
  }

  @Override
  public void register(LayerRegistry registry) {
    registry.layer("Test>Slow", Slow::new);
    registry.layer("Test>Picky", spec -> new Picky());
    registry.layer("Test>Gate", spec -> new Gate());
  }

  private static class Copy implements Layer {
    @Override
    public List<TensorSpec> outputs(CallSpec call) {
      return List.of(call.input());
    }

    @Override
    public boolean rowsIndependent(CallSpec call) {
      return true;
    }

    @Override
    public void forward(Call call) {
      System.arraycopy(call.input(0).floats(), 0, call.output(0).floats(), 0, call.input(0).size());
    }
  }

  private static final class Slow extends Copy {
    private final int millis;

    Slow(LayerSpec spec) {
      millis = spec.config().integer("millis", 20);
    }

    @Override
    public void forward(Call call) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      while (System.nanoTime() < end) {
        call.checkCancelled();
        LockSupport.parkNanos(500_000);
      }
      super.forward(call);
    }
  }

  private static final class Picky extends Copy {
    @Override
    public void forward(Call call) {
      for (int i = 0; i < call.input(0).size(); i++) {
        if (call.input(0).floats()[i] == POISON) {
          throw new IllegalStateException("poison");
        }
      }
      super.forward(call);
    }
  }

  private final class Gate extends Copy {
    @Override
    public void forward(Call call) {
      atGate.incrementAndGet();
      try {
        if (!gate.get().await(20, TimeUnit.SECONDS)) {
          throw new IllegalStateException("the gate stayed closed");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      super.forward(call);
    }
  }
}
