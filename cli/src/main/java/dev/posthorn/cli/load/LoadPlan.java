package dev.posthorn.cli.load;

import dev.posthorn.client.PredictionRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What load to make.
 *
 * @param target {@code HOST:PORT}
 * @param requests are sent in turn, again and again
 * @param batch rows of each
 * @param inFlight messages of a stream that may be unanswered
 * @param rate messages a second over all streams (an open loop); null: as fast as answers come (a closed loop)
 * @param warmUp seconds of the same load before the figures begin
 * @param checked whether equal requests must have equal answers
 * @param drain seconds to wait for the last answers
 */
public record LoadPlan(
    String target,
    String model,
    List<PredictionRequest> requests,
    int streams,
    int batch,
    int inFlight,
    @Nullable Double rate,
    double seconds,
    double warmUp,
    boolean checked,
    double drain) {
  public LoadPlan {
    requests = List.copyOf(requests);
  }
}
