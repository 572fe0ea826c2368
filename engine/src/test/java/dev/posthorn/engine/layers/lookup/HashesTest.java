package dev.posthorn.engine.layers.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HashesTest {
  /** The vector of the paper's appendix A: key 00..0f, message 00..0e. */
  @Test
  void sipHashGivesTheVectorOfThePaper() {
    byte[] message = new byte[15];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) i;
    }

    assertThat(SipHash.hash(message, 0x0706050403020100L, 0x0f0e0d0c0b0a0908L)).isEqualTo(0xa129ca6149be45e5L);
  }

  @Test
  void farmHashOfNothingIsItsThirdConstant() {
    assertThat(FarmHash.fingerprint64(new byte[0])).isEqualTo(0x9ae16a3b2f90404fL);
  }

  @Test
  void farmHashDependsOnEachByteOfEveryLength() {
    for (int length = 1; length <= 200; length++) {
      byte[] text = new byte[length];
      long plain = FarmHash.fingerprint64(text);
      for (int i = 0; i < length; i++) {
        text[i] = 1;
        assertThat(FarmHash.fingerprint64(text)).isNotEqualTo(plain);
        text[i] = 0;
      }
    }
  }
}
