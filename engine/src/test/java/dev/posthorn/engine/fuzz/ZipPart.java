package dev.posthorn.engine.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A zip; its members are changed inside, now and then left out or given another one's name. */
record ZipPart(Map<String, Part> members) implements Part {
  static boolean recognises(byte[] content) {
    return content.length > 4 && content[0] == 'P' && content[1] == 'K' && content[2] == 3;
  }

  static ZipPart of(byte[] content) {
    Map<String, Part> members = new LinkedHashMap<>();
    Seeds.unzip(content).forEach((name, bytes) -> members.put(name, Part.of(name, bytes)));
    return new ZipPart(members);
  }

  @Override
  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, Part> member : members.entrySet()) {
        byte[] content = member.getValue().bytes();
        ZipEntry entry = new ZipEntry(member.getKey());
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Override
  public ZipPart mutated(SplittableRandom random) {
    List<String> names = new ArrayList<>(members.keySet());
    String name = names.get(random.nextInt(names.size()));
    // Metadata says little; what it can do wrong is soon found.
    if (name.equals("metadata.json") && random.nextInt(8) > 0) {
      name = names.get(random.nextInt(names.size()));
    }
    Map<String, Part> changed = new LinkedHashMap<>(members);
    int kind = random.nextInt(400);
    if (kind == 0) {
      changed.remove(name);
    } else if (kind == 1) {
      changed.put(name, members.get(names.get(random.nextInt(names.size()))));
    } else if (kind == 2) {
      changed.put(name + "/" + random.nextInt(9), changed.remove(name));
    } else {
      changed.put(name, members.get(name).mutated(random));
    }
    return new ZipPart(changed);
  }
}
