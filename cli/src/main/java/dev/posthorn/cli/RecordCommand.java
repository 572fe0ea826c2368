package dev.posthorn.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** Would write inputs and outputs of a live model as a proof; not built yet. */
@Command(
    name = "record",
    description = "Writes inputs and outputs of a live model as a proof. Not built yet.",
    footer = {"", "Example:", "  posthorn record localhost:8500 iris --input x.npy --output proof"})
final class RecordCommand implements Callable<Integer> {
  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  @Parameters(hidden = true, arity = "0..*")
  List<String> arguments = new ArrayList<>();

  @Unmatched
  List<String> unmatched = new ArrayList<>();

  @Override
  public Integer call() {
    throw new UsageException("record is not built yet");
  }
}
