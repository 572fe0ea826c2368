package dev.posthorn.server.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;

/** Counts the calls that have not ended, so that going down can wait for them. Thread-safe. */
public final class ActiveCalls implements ServerInterceptor {
  private int active;

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    change(1);
    ServerCall.Listener<Q> listener;
    try {
      listener = next.startCall(call, headers);
    } catch (RuntimeException e) {
      change(-1);
      throw e;
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onCancel() {
        change(-1);
        super.onCancel();
      }

      @Override
      public void onComplete() {
        change(-1);
        super.onComplete();
      }
    };
  }

  private synchronized void change(int by) {
    active += by;
    notifyAll();
  }

  public synchronized int count() {
    return active;
  }

  /** Returns once there are none, or after that time; whether there are none. */
  public synchronized boolean awaitNone(Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    while (active > 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
