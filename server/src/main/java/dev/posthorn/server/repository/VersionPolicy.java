package dev.posthorn.server.repository;

import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which of a model's versions are served. */
public sealed interface VersionPolicy {
  /** Those of the given ready versions that go on being served. */
  SortedSet<Long> serve(Collection<Long> ready);

  /** The newest ones. */
  record Latest(int count) implements VersionPolicy {
    @Override
    public SortedSet<Long> serve(Collection<Long> ready) {
      TreeSet<Long> newest = new TreeSet<>();
      new TreeSet<>(ready).descendingSet().stream().limit(count).forEach(newest::add);
      return newest;
    }
  }

  record All() implements VersionPolicy {
    @Override
    public SortedSet<Long> serve(Collection<Long> ready) {
      return new TreeSet<>(ready);
    }
  }

  record Specific(List<Long> numbers) implements VersionPolicy {
    public Specific {
      numbers = List.copyOf(numbers);
    }

    @Override
    public SortedSet<Long> serve(Collection<Long> ready) {
      TreeSet<Long> named = new TreeSet<>(ready);
      named.retainAll(numbers);
      return named;
    }
  }
}
