package dev.posthorn.cli;

import dev.posthorn.engine.Names;
import dev.posthorn.engine.keras.Nearest;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

/** Reads the command line and starts the command that it names. */
@Command(
    name = "posthorn",
    description = "Serves Keras models over gRPC, with no Python anywhere.",
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 done; 1 the check failed; 2 usage, or not supported; 3 the model or the input is bad;",
      "4 the server cannot be reached or refused.",
      "",
      "Example:",
      "  posthorn demo"
    })
public final class Main implements Runnable {
  private static final int HELP_WIDTH = 120;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  @Option(names = "--version", versionHelp = true, description = "Show the version.")
  boolean version;

  private Main() {}

  public static void main(String[] args) {
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    boolean terminal = Boolean.getBoolean("posthorn.terminal");
    int code = run(new Console(out, err, terminal), System.getProperty("posthorn.home", ""), args);
    out.flush();
    System.exit(code);
  }

  /**
   * Runs one command and returns its exit code.
   *
   * @param home the folder that holds {@code examples/models}; empty where it is not known
   */
  static int run(Console console, String home, String... args) {
    CommandLine root = new CommandLine(new Main());
    root.addSubcommand("demo", new DemoCommand(console, home));
    root.addSubcommand("serve", ServeCommand.create(console));
    root.addSubcommand("predict", new PredictCommand(console));
    root.addSubcommand("inspect", new InspectCommand(console));
    root.addSubcommand("verify", new VerifyCommand(console));
    root.addSubcommand("bench", new BenchCommand(console));
    root.addSubcommand("load", new LoadCommand(console));
    root.addSubcommand("models", new ModelsCommand(console));
    root.addSubcommand("record", new RecordCommand());
    root.getCommandSpec().version("posthorn " + version());
    root.setUsageHelpWidth(HELP_WIDTH);
    boolean debug = Arrays.asList(args).contains("--debug");
    root.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
    root.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    root.setParameterExceptionHandler((e, _) -> fail(console, ExitCode.USAGE, sentence(e), debug ? e : null));
    root.setExecutionExceptionHandler(
        (e, _, _) -> fail(console, ExitCode.of(e), ExitCode.message(e), debug ? e : null));
    try {
      int code = root.execute(args);
      console.out().flush();
      return code;
    } catch (Error e) {
      return fail(console, ExitCode.of(e), ExitCode.message(e), debug ? e : null);
    }
  }

  @Override
  public void run() {
    throw new UsageException("no command given; see posthorn --help");
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(development build)" : version;
  }

  private static int fail(Console console, int code, String message, @Nullable Throwable trace) {
    console.out().flush();
    console.endProgress();
    console.err().println("posthorn: " + message);
    if (trace != null) {
      trace.printStackTrace(console.err());
    }
    console.err().flush();
    return code;
  }

  /** One line for a command line that picocli refused, with the nearest option or command. */
  private static String sentence(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String help = " (" + command.getCommandSpec().qualifiedName() + " --help)";
    if (e instanceof UnmatchedArgumentException unmatched) {
      String typed = unmatched.getUnmatched().get(0);
      if (typed.startsWith("-")) {
        String name = typed.contains("=") ? typed.substring(0, typed.indexOf('=')) : typed;
        return "unknown option '" + name + "'" + nearestOption(name, command) + help;
      }
      if (command.getParent() == null) {
        Set<String> commands = command.getSubcommands().keySet();
        return "unknown command '" + typed + "'" + Nearest.hint(typed, commands) + help;
      }
      return "unexpected argument '" + typed + "'" + help;
    }
    return String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ") + help;
  }

  private static String nearestOption(String typed, CommandLine command) {
    Set<String> names = new TreeSet<>();
    command.getCommandSpec().options().stream()
        .map(option -> option.longestName())
        .filter(name -> name.startsWith("--"))
        .forEach(name -> names.add(name.substring(2)));
    return typed.startsWith("--")
        ? Names.nearest(typed.substring(2), names).map(name -> "; did you mean '--" + name + "'?").orElse("")
        : "";
  }
}
