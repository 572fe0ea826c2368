package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A group: names that lead to groups and datasets. Links to other paths and files are never followed. */
public final class Hdf5Group implements Hdf5Node {
  private final ObjectHeader header;
  private final Map<String, Links.Link> links;
  private final Map<String, Hdf5Attribute> attributes;

  /** Groups that were asked for, so that each is read once. */
  private final Map<String, Hdf5Group> children = new ConcurrentHashMap<>();

  Hdf5Group(ObjectHeader header) {
    this.header = header;
    this.links = Links.of(header);
    this.attributes = Hdf5Attribute.of(header);
  }

  @Override
  public String path() {
    return header.path();
  }

  @Override
  public Optional<Hdf5Attribute> attribute(String name) {
    return Optional.ofNullable(attributes.get(name));
  }

  /** The names in it: by creation where the file keeps that order, else as stored (old files: by their bytes). */
  public List<String> names() {
    return List.copyOf(links.keySet());
  }

  /** The names in it, sorted. */
  public List<String> sortedNames() {
    return links.keySet().stream().sorted().toList();
  }

  public boolean has(String name) {
    return links.containsKey(name);
  }

  /**
   * What stands under one name; slashes do not count.
   *
   * @throws InferenceException INVALID_MODEL if it is damaged or a link to elsewhere, UNSUPPORTED
   */
  public Optional<Hdf5Node> child(String name) {
    Hdf5Group known = children.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Links.Link link = links.get(name);
    if (link == null) {
      return Optional.empty();
    }
    String path = path().isEmpty() ? name : path() + "/" + name;
    if (link.elsewhere()) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          header.image().place(path) + ": '" + name + "' is a link, and links are not followed");
    }
    ObjectHeader found = ObjectHeader.read(header.image(), link.address(), path);
    if (found.has(ObjectHeader.LAYOUT)) {
      return Optional.of(Hdf5Dataset.of(found));
    }
    if (Links.isGroup(found)) {
      Hdf5Group group = new Hdf5Group(found);
      children.put(name, group);
      return Optional.of(group);
    }
    throw header.image().unsupported(path, "expected a group or an array, got another HDF5 object");
  }

  /**
   * What stands under a path of names with slashes between them.
   *
   * @throws InferenceException as {@link #child}
   */
  public Optional<Hdf5Node> find(String path) {
    Optional<Hdf5Node> node = Optional.of(this);
    for (String name : path.split("/", -1)) {
      if (node.isEmpty() || !(node.get() instanceof Hdf5Group group)) {
        return Optional.empty();
      }
      node = name.isEmpty() ? node : group.child(name);
    }
    return node;
  }

  /**
   * The group of a path.
   *
   * @throws InferenceException as {@link #child}, and INVALID_MODEL if there is an array
   */
  public Optional<Hdf5Group> group(String path) {
    return find(path).map(node -> {
      if (node instanceof Hdf5Group group) {
        return group;
      }
      throw new InferenceException(
          Reason.INVALID_MODEL, header.image().place(node.path()) + ": expected a group, got an array");
    });
  }

  /**
   * The array of a path.
   *
   * @throws InferenceException as {@link #child}, and INVALID_MODEL if there is a group
   */
  public Optional<Hdf5Dataset> dataset(String path) {
    return find(path).map(node -> {
      if (node instanceof Hdf5Dataset dataset) {
        return dataset;
      }
      throw new InferenceException(
          Reason.INVALID_MODEL, header.image().place(node.path()) + ": expected an array, got a group");
    });
  }
}
