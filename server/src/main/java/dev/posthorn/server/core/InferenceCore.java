package dev.posthorn.server.core;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Sequence;
import dev.posthorn.engine.Signature;
import dev.posthorn.engine.TracedCall;
import dev.posthorn.server.batching.ArrayPool;
import dev.posthorn.server.batching.Job;
import dev.posthorn.server.batching.Run;
import dev.posthorn.server.repository.ModelRepository;
import dev.posthorn.server.repository.ModelVersion;
import dev.posthorn.server.repository.RepositoryListener;
import dev.posthorn.spi.InferenceException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Answers the requests of every protocol: the one way from a request to the engine. Thread-safe. */
public final class InferenceCore {
  private final ModelRepository repository;
  private final Limits limits;
  private final ArrayPool arrays;
  private final InstantSource clock;
  private final Set<SequenceOwner> owners = ConcurrentHashMap.newKeySet();
  private final AtomicInteger sequences = new AtomicInteger();

  public InferenceCore(ModelRepository repository, Limits limits, ArrayPool arrays, InstantSource clock) {
    this.repository = repository;
    this.limits = limits;
    this.arrays = arrays;
    this.clock = clock;
    repository.addListener(
        new RepositoryListener() {
          @Override
          public void unloaded(ModelVersion version) {
            owners.forEach(owner -> owner.drop(other -> other == version));
          }
        });
  }

  public Limits limits() {
    return limits;
  }

  public ArrayPool arrays() {
    return arrays;
  }

  /** Someone new whose sequences have states; to be closed. */
  public SequenceOwner newOwner() {
    SequenceOwner owner = new SequenceOwner(limits, sequences, owners::remove);
    owners.add(owner);
    return owner;
  }

  /** Drops the sequences that stayed on an old version for as long as they may. To be called now and then. */
  public void sweep() {
    Instant latest = clock.instant().minus(SequenceOwner.AFTER_SWAP);
    owners.forEach(
        owner -> owner.drop(version -> !version.isReady() && version.status().since().isBefore(latest)));
  }

  /** Answers a call, now or later; never blocks for long and never throws. */
  public void predict(PredictCall call) {
    ModelVersion version = null;
    try {
      call.cancellation().check();
      version = acquire(call);
      Signature signature = version.model().signature();
      List<ArrayTensor> inputs = signature.bind(call.inputs().tensors(signature));
      List<Integer> wanted = wanted(signature, call.outputs());
      SequenceUse use = call.sequence();
      if (use != null && version.model().stateful()) {
        continueSequence(version, use, call, inputs, wanted);
      } else {
        submit(version, call, inputs, wanted, null, null);
      }
    } catch (Throwable t) {
      fail(call, version, t);
    }
  }

  private ModelVersion acquire(PredictCall call) {
    ModelRef ref = call.model();
    ModelVersion version = repository.acquire(ref.model(), ref.version(), ref.label());
    SequenceUse use = call.sequence();
    if (use == null || !ref.isDefault()) {
      return version;
    }
    ModelVersion pinned = use.owner().pinned(version, use.id(), clock.instant()).orElse(null);
    if (pinned == null || !pinned.acquire()) {
      return version;
    }
    version.release();
    return pinned;
  }

  private void continueSequence(
      ModelVersion version, SequenceUse use, PredictCall call, List<ArrayTensor> inputs, List<Integer> wanted) {
    SequenceSlot slot = use.owner().slot(version, use.id());
    slot.run(
        use.reset(),
        state -> {
          try {
            submit(version, call, inputs, wanted, state, slot);
          } catch (Throwable t) {
            slot.failed();
            fail(call, version, t);
          }
        });
  }

  private void submit(
      ModelVersion version,
      PredictCall call,
      List<ArrayTensor> inputs,
      List<Integer> wanted,
      @Nullable Sequence state,
      @Nullable SequenceSlot slot) {
    Job.Completion completion =
        new Job.Completion() {
          @Override
          public void done(List<ArrayTensor> outputs, Run run) {
            inputs.forEach(arrays::give);
            if (slot != null && state != null) {
              slot.succeeded(state, call.sequence() != null && call.sequence().end());
            }
            answer(version, call, wanted, outputs, run);
          }

          @Override
          public void failed(Throwable cause) {
            if (slot != null) {
              slot.failed();
            }
            fail(call, version, cause);
          }
        };
    version.batcher().submit(new Job(inputs, wanted, call.cancellation(), state, completion));
  }

  private void answer(
      ModelVersion version, PredictCall call, List<Integer> wanted, List<ArrayTensor> outputs, Run run) {
    Signature signature = version.model().signature();
    List<Answer.Output> named = new ArrayList<>(wanted.size());
    for (int index : wanted) {
      named.add(new Answer.Output(signature.outputs().get(index), outputs.get(index)));
    }
    version.release();
    call.receiver().answered(new Answer(version.name(), version.number(), named, run, arrays));
  }

  private static void fail(PredictCall call, @Nullable ModelVersion version, Throwable cause) {
    if (version != null) {
      version.release();
    }
    call.receiver().failed(Faults.of(cause).with("model", call.model().model()));
  }

  private static List<Integer> wanted(Signature signature, List<String> names) {
    if (names.isEmpty()) {
      return IntStream.range(0, signature.outputs().size()).boxed().toList();
    }
    return names.stream().map(signature::outputIndex).sorted().distinct().toList();
  }

  /**
   * Runs a batch and hands over what every layer makes of it, in order of execution, on this thread.
   *
   * @param receiver of each call of a layer, with the version that answers; may block
   * @throws InferenceException as {@link #predict} would answer
   */
  public void trace(
      ModelRef ref,
      Inputs inputs,
      Set<String> layers,
      CallCancellation cancellation,
      ObjLongConsumer<TracedCall> receiver) {
    cancellation.check();
    ModelVersion version = repository.acquire(ref.model(), ref.version(), ref.label());
    try {
      Signature signature = version.model().signature();
      List<ArrayTensor> bound = signature.bind(inputs.tensors(signature));
      Consumer<TracedCall> numbered = call -> receiver.accept(call, version.number());
      version.model().trace(bound, layers, cancellation, numbered);
    } catch (InferenceException e) {
      throw e.with("model", ref.model());
    } finally {
      version.release();
    }
  }
}
