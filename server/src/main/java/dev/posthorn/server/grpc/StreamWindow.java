package dev.posthorn.server.grpc;

/**
 * How much of a stream is in the server: messages that are not answered yet, and answers that are not written yet. The
 * size of the next message and of an answer is not known beforehand; what the stream has shown so far stands for it. Not
 * thread-safe: its stream's lock guards it.
 */
final class StreamWindow {
  private final int mostMessages;
  private final long mostBytes;
  private int messages;
  private int unanswered;
  private long bytes;
  private long largestMessage;
  private long largestAnswer;
  private long peak;

  StreamWindow(int mostMessages, long mostBytes) {
    this.mostMessages = mostMessages;
    this.mostBytes = mostBytes;
  }

  /** Whether one more message may be asked for; always, if there is none. */
  boolean hasRoom() {
    if (messages == 0) {
      return true;
    }
    long expected = bytes + largestMessage + (unanswered + 1) * largestAnswer;
    return messages < mostMessages && expected <= mostBytes;
  }

  void received(long size) {
    messages++;
    unanswered++;
    largestMessage = Math.max(largestMessage, size);
    add(size);
  }

  /** A message of that size gave way to its answer. */
  void answered(long messageSize, long answerSize) {
    unanswered--;
    largestAnswer = Math.max(largestAnswer, answerSize);
    add(answerSize - messageSize);
  }

  void written(long answerSize) {
    messages--;
    add(-answerSize);
  }

  private void add(long count) {
    bytes += count;
    peak = Math.max(peak, bytes);
  }

  long bytes() {
    return bytes;
  }

  /** The most bytes that there ever were. */
  long peak() {
    return peak;
  }
}
