package dev.posthorn.cli.files;

import java.util.ArrayList;
import java.util.List;

/** Splits comma separated text into records, quoted as RFC 4180 says; any line ending. Not thread-safe. */
final class CsvRecords {
  private final NamedFile file;
  private final String text;
  private final List<String> fields = new ArrayList<>();
  private int at;
  private int line = 1;
  private int recordLine = 1;

  CsvRecords(NamedFile file, String text) {
    this.file = file;
    this.text = text;
    this.at = text.startsWith("\uFEFF") ? 1 : 0;
  }

  /** Moves to the next record that is not an empty line; false at the end. */
  boolean next() {
    while (at < text.length() && (text.charAt(at) == '\n' || text.charAt(at) == '\r')) {
      endLine();
    }
    fields.clear();
    if (at >= text.length()) {
      return false;
    }
    recordLine = line;
    while (true) {
      fields.add(at < text.length() && text.charAt(at) == '"' ? quoted() : bare());
      if (at >= text.length()) {
        return true;
      }
      if (text.charAt(at) != ',') {
        endLine();
        return true;
      }
      at++;
    }
  }

  /** The fields of this record; reused by the next one. */
  List<String> fields() {
    return fields;
  }

  /** The line that this record begins in, from 1. */
  int line() {
    return recordLine;
  }

  private String bare() {
    int start = at;
    while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() {
    int start = ++at;
    StringBuilder unescaped = null;
    while (true) {
      int quote = text.indexOf('"', at);
      if (quote < 0) {
        throw DataArray.malformed(file, "line " + recordLine + ": a quoted field does not end");
      }
      for (int i = at; i < quote; i++) {
        if (text.charAt(i) == '\n') {
          line++;
        }
      }
      boolean escaped = quote + 1 < text.length() && text.charAt(quote + 1) == '"';
      if (!escaped) {
        at = quote + 1;
        if (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
          throw DataArray.malformed(file, "line " + line + ": text after a quoted field");
        }
        String rest = text.substring(start, quote);
        return unescaped == null ? rest : unescaped.append(rest).toString();
      }
      unescaped = (unescaped == null ? new StringBuilder() : unescaped).append(text, start, quote + 1);
      at = quote + 2;
      start = at;
    }
  }

  private void endLine() {
    boolean pair = text.charAt(at) == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n';
    at += pair ? 2 : 1;
    line++;
  }
}
