using System.Globalization;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>
/// Samples from a csv file: a sample a line, separated by commas; fields may be quoted. A first line without any numeric input is a header.
/// The class is in the column that the header calls label, target, class, y or species, or else in the only column of names, or else in the last one.
/// Classes are whole numbers, or names, which are numbered in alphabetical order. A first column without a name that counts the lines, as pandas writes
/// it, is left out.
/// </summary>
public static class CsvSamples
{
    private static readonly string[] LabelNames = ["label", "labels", "target", "targets", "class", "classes", "y", "species"];

    /// <summary>Reads all samples.</summary>
    /// <exception cref="InvalidInputException">A field is missing, not a number or not finite; the message names line and column, both from 1.</exception>
    /// <param name="path">The file.</param>
    /// <param name="label">The column of the class: its name in the header, or its number from 1; null finds it.</param>
    public static Samples Read(string path, string? label = null)
    {
        using FileStream file = InputFile.Open(path);
        return InputFile.Guard(path, () =>
        {
            RequireMemory(file, path);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return Read(reader, path, label);
        });
    }

    /// <summary>
    /// A field is a text of its own, in a list that may have doubled just now, and a number in its row, the matrix and its transpose; a line is there as text
    /// while it is read.
    /// </summary>
    private static void RequireMemory(FileStream file, string path)
    {
        const double BytesOfAField = 72, BytesOfAByte = 6;
        Require(1);
        long fields = 1;
        var block = new byte[1 << 16];
        for (int read; (read = file.Read(block)) > 0;) fields += block.AsSpan(0, read).Count((byte)',') + block.AsSpan(0, read).Count((byte)'\n');
        file.Position = 0;
        Require(fields);

        void Require(long fields) =>
            MemoryBudget.Require((BytesOfAField * fields) + (BytesOfAByte * file.Length), path, "use fewer samples (max-memory)");
    }

    private static Samples Read(StreamReader reader, string path, string? label)
    {
        var rows = new List<(int Line, List<string> Fields)>();
        List<string>? header = null;
        int columns = 0, line = 0;
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
                if (IsHeader(fields))
                {
                    header = fields;
                    continue;
                }
            }
            if (fields.Count != columns)
                throw new InvalidInputException(
                    $"{path}, line {line}: there are {fields.Count} columns, but {columns} in the lines before; every line needs the same number.");
            rows.Add((line, fields));
        }
        if (rows.Count == 0)
            throw new InvalidInputException($"{path} holds no samples; expected a sample a line.");
        int index = header is not null && IsIndex(header[0], rows) ? 0 : -1;
        int at = LabelColumn(path, label, header, rows, index);
        int[] inputs = [.. Enumerable.Range(0, columns).Where(column => column != at && column != index)];
        if (inputs.Length == 0) throw new InvalidInputException($"{path} has no inputs beside the label; expected at least one column of numbers.");
        Matrix values = Matrix.FromRows([.. rows.Select(row => Inputs(row.Fields, inputs, path, row.Line))]).Transpose();
        int[] classes = Classes([.. rows.Select(row => (row.Line, row.Fields[at]))], path, at + 1);
        string name = header is null ? $"column {at + 1}" : $"column {at + 1}, {ErrorText.Printable(header[at])}";
        string understood = $"{rows.Count} samples × {inputs.Length} inputs, {classes.Distinct().Count()} classes, labels from {name}"
            + (index < 0 ? "" : "; column 1 counts the lines and is left out");
        return new Samples(Path.GetFileName(path), values, Targets: null, classes) { Understood = understood };
    }

    /// <summary>A header has no numeric input; one that names a label may have numbers for the others.</summary>
    private static bool IsHeader(List<string> fields) => fields.SkipLast(1).All(field => !TryParse(field, out _)) || fields.Exists(IsLabelName)
        || (fields[0].Length == 0 && fields.Skip(1).All(field => field.Length > 0));

    private static bool IsLabelName(string name) => LabelNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a column without a name counts the lines, as pandas writes it.</summary>
    private static bool IsIndex(string name, List<(int Line, List<string> Fields)> rows) =>
        (name.Length == 0 || name.StartsWith("Unnamed:", StringComparison.Ordinal) || name is "index")
        && rows.Index().All(row => TryParse(row.Item.Fields[0], out double value) && value == row.Index);

    private static int LabelColumn(string path, string? label, List<string>? header, List<(int Line, List<string> Fields)> rows, int index)
    {
        int columns = rows[0].Fields.Count;
        if (label is not null)
        {
            int named = header?.FindIndex(name => string.Equals(name, label, StringComparison.OrdinalIgnoreCase)) ?? -1;
            if (named >= 0) return named;
            if (int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= columns) return number - 1;
            throw new InvalidInputException($"{path} has no column '{ErrorText.Printable(label)}'; "
                + (header is null ? $"it has no header, so give a number from 1 to {columns}."
                    : NearMatches.Advice(label, [.. header.Select(ErrorText.Printable)])));
        }
        int[] byName = [.. Enumerable.Range(0, columns).Where(column => header is not null && IsLabelName(header[column]))];
        int[] ofNames = header is null ? []
            : [.. Enumerable.Range(0, columns).Where(column => column != index && rows.TrueForAll(row => !TryParse(row.Fields[column], out _)))];
        // A coordinate may be called y too: beside a column of names it is one.
        if (byName.Length == 1 && (ofNames.Length != 1 || !header![byName[0]].Equals("y", StringComparison.OrdinalIgnoreCase))) return byName[0];
        if (byName.Length > 1)
            throw new InvalidInputException($"{path} has several columns that may be the label: "
                + $"{string.Join(", ", byName.Select(column => ErrorText.Printable(header![column])))}; say which (label).")
            { Settings = ["label"] };
        if (ofNames.Length == 1) return ofNames[0];
        bool isConstant = rows.Count > 2 && columns > 2 && rows.TrueForAll(row => row.Fields[^1] == rows[0].Fields[^1]);
        return isConstant
            ? throw new InvalidInputException($"{path}: the last column is {ErrorText.Printable(rows[0].Fields[^1])} in every line, so that it is hardly the "
                + "label; say which column is (label).")
            { Settings = ["label"] }
            : columns - 1;
    }

    private static double[] Inputs(List<string> fields, int[] columns, string path, int line)
    {
        var values = new double[columns.Length];
        for (int i = 0; i < values.Length; i++)
        {
            string field = fields[columns[i]];
            if (!TryParse(field, out values[i]))
                throw new InvalidInputException(
                    $"{path}, line {line}, column {columns[i] + 1}: '{ErrorText.Printable(field)}' is not a number; correct it or remove the line.");
            if (!double.IsFinite(values[i]))
                throw new InvalidInputException(
                    $"{path}, line {line}, column {columns[i] + 1}: {ErrorText.Printable(field)} is not finite; correct it or remove the line.");
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
