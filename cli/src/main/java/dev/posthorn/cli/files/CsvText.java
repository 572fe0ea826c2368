package dev.posthorn.cli.files;

import dev.posthorn.cli.UsageException;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Port;
import java.util.ArrayList;
import java.util.List;

/** Outputs as comma separated text with a header: a record a row, the columns of all outputs side by side. */
final class CsvText {
  private CsvText() {}

  static String of(List<Port> outputs, List<ArrayTensor> tensors, String file) {
    List<String> header = new ArrayList<>();
    int rows = -1;
    for (int i = 0; i < tensors.size(); i++) {
      ArrayTensor tensor = tensors.get(i);
      int rank = tensor.shape().rank();
      if (rank < 1 || rank > 2 || rows >= 0 && tensor.shape().first() != rows) {
        throw new UsageException(
            "--output " + file + ": a .csv file holds a table, output '" + outputs.get(i).name() + "' has shape "
                + tensor.shape() + "; name a .npy, .npz or .json file or a folder");
      }
      rows = tensor.shape().first();
      addColumns(outputs.get(i), columns(tensor), header);
    }
    StringBuilder text = new StringBuilder();
    addRecord(text, header);
    for (int row = 0; row < rows; row++) {
      List<String> fields = new ArrayList<>(header.size());
      for (ArrayTensor tensor : tensors) {
        int columns = columns(tensor);
        for (int column = 0; column < columns; column++) {
          fields.add(TensorLists.element(tensor, row * columns + column).toString());
        }
      }
      addRecord(text, fields);
    }
    return text.toString();
  }

  private static int columns(ArrayTensor tensor) {
    return tensor.shape().rank() == 1 ? 1 : tensor.shape().last();
  }

  private static void addColumns(Port output, int columns, List<String> header) {
    for (int column = 0; column < columns; column++) {
      if (output.labels().size() == columns) {
        header.add(output.labels().get(column));
      } else {
        header.add(columns == 1 ? output.name() : output.name() + "_" + column);
      }
    }
  }

  private static void addRecord(StringBuilder text, List<String> fields) {
    for (int i = 0; i < fields.size(); i++) {
      String field = fields.get(i);
      boolean quote = field.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      text.append(i == 0 ? "" : ",").append(quote ? '"' + field.replace("\"", "\"\"") + '"' : field);
    }
    text.append('\n');
  }
}
