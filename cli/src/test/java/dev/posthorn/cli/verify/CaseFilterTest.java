package dev.posthorn.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CaseFilterTest {
  @Test
  void acceptsWhatMatchesAGlobAndNoNegatedOne() {
    CaseFilter filter = CaseFilter.of("mlp_*, net_?,\n!mlp_big*,");

    assertThat(filter.accepts("mlp_small")).isTrue();
    assertThat(filter.accepts("net_a")).isTrue();
    assertThat(filter.accepts("net_ab")).isFalse();
    assertThat(filter.accepts("mlp_bigger")).isFalse();
    assertThat(filter.accepts("xmlp_small")).isFalse();
  }

  @Test
  void acceptsEverythingElseWhereOnlyNegatedGlobsAreGiven() {
    assertThat(CaseFilter.of("!a*").accepts("b")).isTrue();
    assertThat(CaseFilter.of("!a*").accepts("ab")).isFalse();
    assertThat(CaseFilter.of("").accepts("anything")).isTrue();
  }

  @Test
  void takesCharacterSetsAndPlainDots() {
    assertThat(CaseFilter.of("a[0-9]").accepts("a7")).isTrue();
    assertThat(CaseFilter.of("a[!0-9]").accepts("a7")).isFalse();
    assertThat(CaseFilter.of("a.b").accepts("axb")).isFalse();
  }
}
