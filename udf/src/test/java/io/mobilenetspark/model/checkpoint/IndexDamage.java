package io.mobilenetspark.model.checkpoint;

import io.mobilenetspark.testing.ProtoDamage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.proto.BundleEntryProto;

/** Damages a checkpoint's index so that all its checksums are right. */
public final class IndexDamage {

  private IndexDamage() {}

  /** Exchanges the places of two tensors. */
  public static void swap(Path index, Random random) throws IOException {
    SortedMap<String, byte[]> entries = read(index);
    List<String> keys = new ArrayList<>(entries.keySet());
    String one = keys.get(random.nextInt(keys.size()));
    String other = keys.get(random.nextInt(keys.size()));
    byte[] value = entries.getOrDefault(one, new byte[0]);
    entries.put(one, entries.getOrDefault(other, new byte[0]));
    entries.put(other, value);
    Files.write(index, SortedTableWriter.write(entries));
  }

  /** Swaps two tensors of one shape: the checkpoint stays a good one, of another network. */
  public static void swapAlike(Path index, Random random) throws IOException {
    SortedMap<String, byte[]> entries = read(index);
    Map<String, List<String>> byShape = new TreeMap<>();
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      if (!entry.getKey().isEmpty()) {
        BundleEntryProto tensor = BundleEntryProto.parseFrom(entry.getValue());
        byShape
            .computeIfAbsent(tensor.getDtype() + " " + tensor.getShape(), any -> new ArrayList<>())
            .add(entry.getKey());
      }
    }
    List<List<String>> groups =
        byShape.values().stream().filter(group -> group.size() > 1).toList();
    List<String> alike = groups.get(random.nextInt(groups.size()));
    String one = alike.get(random.nextInt(alike.size()));
    String other = alike.get(random.nextInt(alike.size()));
    byte[] value = entries.getOrDefault(one, new byte[0]);
    entries.put(one, entries.getOrDefault(other, new byte[0]));
    entries.put(other, value);
    Files.write(index, SortedTableWriter.write(entries));
  }

  /** Changes what is said of one tensor, or renames or drops it. */
  public static void alter(Path index, Random random) throws IOException {
    SortedMap<String, byte[]> entries = read(index);
    List<String> keys = new ArrayList<>(entries.keySet());
    String key = keys.get(random.nextInt(keys.size()));
    byte[] value = entries.getOrDefault(key, new byte[0]);
    switch (random.nextInt(3)) {
      case 0 -> entries.remove(key);
      case 1 -> {
        entries.remove(key);
        entries.put(key + (char) random.nextInt(256), value);
      }
      default ->
          entries.put(
              key, ProtoDamage.alter(BundleEntryProto.parseFrom(value), random).toByteArray());
    }
    Files.write(index, SortedTableWriter.write(entries));
  }

  private static SortedMap<String, byte[]> read(Path index) throws IOException {
    SortedMap<String, byte[]> entries = new TreeMap<>();
    for (var entry : SortedTable.read(Files.readAllBytes(index)).entrySet()) {
      ByteBuffer buffer = entry.getValue();
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      entries.put(entry.getKey(), bytes);
    }
    return entries;
  }
}
