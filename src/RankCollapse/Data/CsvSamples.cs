using System.Globalization;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>
/// Samples from a csv file: a sample a line, inputs first, the class last, separated by commas; fields may be quoted.
/// Classes are whole numbers 0 … K−1, or names, which are numbered in alphabetical order. A first line without any numeric input is a header.
/// </summary>
public static class CsvSamples
{
    /// <summary>Reads all samples.</summary>
    /// <exception cref="InvalidInputException">A field is missing, not a number or not finite; the message names line and column, both from 1.</exception>
    public static Samples Read(string path)
    {
        using FileStream file = InputFile.Open(path);
        // A field of two bytes, digit and comma, becomes a double, which rows, matrix and transpose hold.
        MemoryBudget.Require(12.0 * file.Length, path, "use fewer samples");
        return InputFile.Guard(path, () =>
        {
            using var reader = new StreamReader(file, Encoding.UTF8);
            return Read(reader, path);
        });
    }

    private static Samples Read(StreamReader reader, string path)
    {
        var rows = new List<double[]>();
        var labels = new List<(int Line, string Text)>();
        int columns = 0;
        int line = 0;
        while (reader.ReadLine() is { } text)
        {
            line++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            List<string> fields = Split(text, path, line);
            if (columns == 0)
            {
                columns = fields.Count;
                if (columns < 2)
                    throw new InvalidInputException($"{path}, line {line}: there is 1 column, expected inputs and a label, separated by commas.");
                if (IsHeader(fields)) continue;
            }
            if (fields.Count != columns)
                throw new InvalidInputException(
                    $"{path}, line {line}: there are {fields.Count} columns, but {columns} in the lines before; every line needs the same number.");
            rows.Add(Inputs(fields, path, line));
            labels.Add((line, fields[^1]));
        }
        if (rows.Count == 0)
            throw new InvalidInputException($"{path} holds no samples; expected a sample a line.");
        Matrix inputs = Matrix.FromRows([.. rows]).Transpose();
        return new Samples(Path.GetFileName(path), inputs, Targets: null, Classes(labels, path, columns));
    }

    private static bool IsHeader(List<string> fields) => fields.SkipLast(1).All(field => !TryParse(field, out _));

    private static double[] Inputs(List<string> fields, string path, int line)
    {
        var values = new double[fields.Count - 1];
        for (int i = 0; i < values.Length; i++)
        {
            if (!TryParse(fields[i], out values[i]))
                throw new InvalidInputException(
                    $"{path}, line {line}, column {i + 1}: '{ErrorText.Printable(fields[i])}' is not a number; correct it or remove the line.");
            if (!double.IsFinite(values[i]))
                throw new InvalidInputException(
                    $"{path}, line {line}, column {i + 1}: {ErrorText.Printable(fields[i])} is not finite; correct it or remove the line.");
        }
        return values;
    }

    private static int[] Classes(List<(int Line, string Text)> labels, string path, int column)
    {
        (int emptyLine, _) = labels.Find(label => label.Text.Length == 0);
        if (emptyLine > 0)
            throw new InvalidInputException($"{path}, line {emptyLine}, column {column}: the label is empty; correct it or remove the line.");
        if (!TryParse(labels[0].Text, out _)) return Named(labels, path, column);
        var classes = new int[labels.Count];
        for (int i = 0; i < classes.Length; i++)
        {
            if (!TryParse(labels[i].Text, out double value) || Math.Floor(value) != value || value is < 0 or > int.MaxValue)
                throw new InvalidInputException($"{path}, line {labels[i].Line}, column {column}: the label '{ErrorText.Printable(labels[i].Text)}' is "
                    + "not a class 0, 1, …; correct it or name all classes.");
            classes[i] = (int)value;
        }
        return classes;
    }

    private static int[] Named(List<(int Line, string Text)> labels, string path, int column)
    {
        foreach ((int line, string text) in labels)
        {
            if (TryParse(text, out _))
                throw new InvalidInputException($"{path}, line {line}, column {column}: the label '{ErrorText.Printable(text)}' is a number, but the "
                    + "labels before it are names; use one kind.");
        }
        string[] names = [.. labels.Select(label => label.Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Dictionary<string, int> numbers = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        return [.. labels.Select(label => numbers[label.Text])];
    }

    private static bool TryParse(string field, out double value) => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>The fields of a line, without blanks around them; in quotes, commas count as text and two quotes as one.</summary>
    private static List<string> Split(string line, string path, int number)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"' && isQuoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append(c);
                i++;
            }
            else if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (c == ',' && !isQuoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }
        if (isQuoted)
            throw new InvalidInputException($"{path}, line {number}: a quote is not closed; fields do not go over several lines.");
        fields.Add(field.ToString().Trim());
        return fields;
    }
}
