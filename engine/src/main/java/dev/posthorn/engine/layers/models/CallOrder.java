package dev.posthorn.engine.layers.models;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** An order in which the calls of a graph can run, without recursion: a chain may be as long as memory allows. */
final class CallOrder {
  private final int[][] sources;
  private final boolean[] needed;
  private final List<Integer> order = new ArrayList<>();

  /**
   * Orders those calls that the outputs need, each after its sources and else by number.
   *
   * @param sources for each call the calls that it needs
   * @param outputs the calls that give the results
   */
  CallOrder(int[][] sources, int[] outputs) {
    this.sources = sources;
    this.needed = new boolean[sources.length];
    mark(outputs);
    sort();
  }

  /** The needed calls; those on a cycle, and those behind one, are missing. */
  List<Integer> order() {
    return order;
  }

  /** A needed call that cannot run. */
  Optional<Integer> onCycle() {
    boolean[] ordered = new boolean[sources.length];
    order.forEach(call -> ordered[call] = true);
    for (int call = 0; call < sources.length; call++) {
      if (needed[call] && !ordered[call]) {
        return Optional.of(call);
      }
    }
    return Optional.empty();
  }

  private void mark(int[] outputs) {
    Deque<Integer> open = new ArrayDeque<>();
    for (int output : outputs) {
      open.push(output);
    }
    while (!open.isEmpty()) {
      int call = open.pop();
      if (!needed[call]) {
        needed[call] = true;
        for (int source : sources[call]) {
          open.push(source);
        }
      }
    }
  }

  private void sort() {
    int[] missing = new int[sources.length];
    List<List<Integer>> users = new ArrayList<>();
    for (int call = 0; call < sources.length; call++) {
      users.add(new ArrayList<>(0));
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int call = 0; call < sources.length; call++) {
      if (needed[call]) {
        missing[call] = sources[call].length;
        for (int source : sources[call]) {
          users.get(source).add(call);
        }
        if (missing[call] == 0) {
          ready.add(call);
        }
      }
    }
    while (!ready.isEmpty()) {
      int call = ready.remove();
      order.add(call);
      for (int user : users.get(call)) {
        if (--missing[user] == 0) {
          ready.add(user);
        }
      }
    }
  }
}
