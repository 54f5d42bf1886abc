package io.mobilenetspark.jobs.output;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whose a run is, in a name that a directory can have: it is there as soon as the directory is.
 *
 * @param host the machine's name
 * @param space the numbering of processes: containers have their own, and so has each start of a
 *     machine
 * @param process the process's number
 * @param started when the process started, in milliseconds; numbers are used again
 * @param run tells the runs of a process apart
 */
record RunOwner(String host, String space, long process, long started, String run) {

  /** Whether a run still works, as far as can be told from here. */
  enum State {
    ALIVE,
    DEAD,
    /** Its beat alone tells. */
    UNKNOWN
  }

  /** Clocks of processes are kept in hundredths of a second. */
  private static final long SAME_MILLIS = 50;

  private static final RunOwner THIS_PROCESS = thisProcess();

  /** Linux may hide the processes of others, by the option hidepid. */
  private static final boolean ALL_ARE_SEEN =
      !Files.exists(Path.of("/proc/self")) || Files.isReadable(Path.of("/proc/1/stat"));

  static RunOwner ofThisRun(String run) {
    return new RunOwner(
        THIS_PROCESS.host, THIS_PROCESS.space, THIS_PROCESS.process, THIS_PROCESS.started, run);
  }

  /** The owner by a directory's name; one of an unknown machine if it is not such a name. */
  static RunOwner of(String name) {
    List<String> parts = List.of(name.split("\\."));
    try {
      if (parts.size() == 5) {
        return new RunOwner(
            parts.get(0),
            parts.get(1),
            Long.parseLong(parts.get(2)),
            Long.parseLong(parts.get(3)),
            parts.get(4));
      }
    } catch (NumberFormatException e) {
      // Not such a name.
    }
    return new RunOwner("unknown", "unknown", 0, 0, name);
  }

  String name() {
    return String.format(Locale.ROOT, "%s.%s.%d.%d.%s", host, space, process, started, run);
  }

  /**
   * Whether it still works.
   *
   * @param here names of the runs at work in this JVM
   */
  State state(Set<String> here) {
    if (!host.equals(THIS_PROCESS.host) || !space.equals(THIS_PROCESS.space)) {
      return State.UNKNOWN;
    }
    if (process == THIS_PROCESS.process) {
      return here.contains(name()) ? State.ALIVE : State.DEAD;
    }
    Optional<ProcessHandle> living = ProcessHandle.of(process).filter(ProcessHandle::isAlive);
    if (living.isEmpty()) {
      return ALL_ARE_SEEN ? State.DEAD : State.UNKNOWN;
    }
    // The start is told by the machine's clock as it is set now: it moves when the clock is set.
    return isNear(started(living.get())) ? State.ALIVE : State.UNKNOWN;
  }

  /** For people. */
  String describe() {
    return String.format(
        Locale.ROOT, "process %d on %s, since %s", process, host, Instant.ofEpochMilli(started));
  }

  private boolean isNear(long time) {
    return Math.abs(time - started) <= SAME_MILLIS;
  }

  private static RunOwner thisProcess() {
    ProcessHandle process = ProcessHandle.current();
    return new RunOwner(hostName(), processSpace(), process.pid(), started(process), "");
  }

  private static long started(ProcessHandle process) {
    Optional<Instant> start = process.info().startInstant();
    return start.map(Instant::toEpochMilli).orElse(0L);
  }

  private static String hostName() {
    try {
      String name = InetAddress.getLocalHost().getHostName();
      return name.replaceAll("[^A-Za-z0-9-]", "-");
    } catch (IOException e) {
      return "localhost";
    }
  }

  /** Hosts may have one name, and the first numbering of each the same inode. */
  private static String processSpace() {
    try {
      Path numbering = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
      return numbering.toString().replaceAll("[^0-9]", "") + "-" + boot();
    } catch (IOException | UnsupportedOperationException e) {
      return "0"; // not Linux
    }
  }

  private static String boot() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
          .replaceAll("[^0-9a-f]", "");
    } catch (IOException e) {
      return "0"; // hidden from a container
    }
  }
}
