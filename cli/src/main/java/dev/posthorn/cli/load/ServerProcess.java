package dev.posthorn.cli.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** Finds the process of this machine that listens on a port, and the CPU time it has used, where Linux tells. */
final class ServerProcess {
  private static final String LISTENING = "0A";
  private static final int HEX = 16;
  private static final int LOCAL_ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final int USER_TICKS = 11;

  /** Ticks a second that Linux counts in towards programs, on every architecture that runs Java. */
  private static final double TICKS = 100;

  private ServerProcess() {}

  /** The id of the process that listens on the port of {@code HOST:PORT}; empty if it is elsewhere or cannot be seen. */
  static OptionalLong listening(String target) {
    try {
      int colon = target.lastIndexOf(':');
      String host = target.substring(0, colon).replaceAll("[\\[\\]]", "");
      InetAddress address = InetAddress.getByName(host);
      if (!address.isLoopbackAddress() && NetworkInterface.getByInetAddress(address) == null) {
        return OptionalLong.empty();
      }
      return owner(sockets(Integer.parseInt(target.substring(colon + 1))));
    } catch (IOException | RuntimeException e) {
      return OptionalLong.empty();
    }
  }

  /** User and system time of the process so far. */
  static OptionalDouble cpuSeconds(OptionalLong process) {
    if (process.isEmpty()) {
      return OptionalDouble.empty();
    }
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.getAsLong()), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return OptionalDouble.of((Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[USER_TICKS + 1])) / TICKS);
    } catch (IOException | RuntimeException e) {
      return OptionalDouble.empty();
    }
  }

  private static Set<String> sockets(int port) throws IOException {
    Set<String> inodes = new HashSet<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      Path path = Path.of(table);
      if (!Files.isReadable(path)) {
        continue;
      }
      for (String line : Files.readAllLines(path)) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length > INODE && fields[STATE].equals(LISTENING)) {
          String local = fields[LOCAL_ADDRESS];
          if (Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), HEX) == port) {
            inodes.add("socket:[" + fields[INODE] + "]");
          }
        }
      }
    }
    return inodes;
  }

  private static OptionalLong owner(Set<String> sockets) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, sockets)) {
          return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
        }
      }
    }
    return OptionalLong.empty();
  }

  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (sockets.contains(Files.readSymbolicLink(file).toString())) {
          return true;
        }
      }
    } catch (IOException | RuntimeException e) {
      return false;
    }
    return false;
  }
}
