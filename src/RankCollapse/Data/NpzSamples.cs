using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>
/// Samples from an .npz file: <c>X</c> [d, N] with samples as columns, or <c>X_rows</c> [N, …] with samples as rows, whose further dimensions are flattened;
/// <c>Y</c> [K, N] or <c>Y_rows</c> [N, K]; and <c>labels</c> [N] with classes 0 … K−1. Targets or labels may be missing, not both.
/// </summary>
public static class NpzSamples
{
    /// <summary>Reads all samples.</summary>
    /// <exception cref="InvalidInputException">The file is damaged, arrays are missing, or their sizes do not fit together.</exception>
    public static Samples Read(string path)
    {
        using NpzFile file = NpzFile.Open(path);
        Matrix inputs = ReadMatrix(file, "X")
            ?? throw new InvalidInputException(
                $"{path} has the arrays {Printable(file.Names)}, expected X with samples as columns, or X_rows with samples as rows.");
        Matrix? targets = ReadMatrix(file, "Y");
        int[]? labels = file.Contains("labels") ? ReadLabels(file) : targets is null ? null : OneHotLabels(targets);
        if (targets is null && labels is null)
            throw new InvalidInputException($"{path} has the arrays {Printable(file.Names)}, expected Y, Y_rows or labels beside the inputs.");
        if ((targets?.Columns ?? inputs.Columns) != inputs.Columns)
            throw new InvalidInputException(
                $"{path}: X has {inputs.Columns} samples but Y has {targets!.Columns}; samples are columns in X and Y, rows in X_rows and Y_rows.");
        if ((labels?.Length ?? inputs.Columns) != inputs.Columns)
            throw new InvalidInputException(
                $"{path}: X has {inputs.Columns} samples but there are {labels!.Length} labels; samples are columns in X, rows in X_rows.");
        return new Samples(Path.GetFileName(path), inputs, targets, labels);
    }

    private static Matrix? ReadMatrix(NpzFile file, string name)
    {
        string rowsName = name + "_rows";
        if (file.Contains(name) && file.Contains(rowsName))
            throw new InvalidInputException($"{file.Path} has both {name} and {rowsName}; keep one of them.");
        if (file.Contains(name))
        {
            NpyArray array = file.Read(name);
            if (array.Shape.Count != 2)
                throw new InvalidInputException(
                    $"{file.Path}: {name} has {array.Shape.Count} dimensions, expected 2 with samples as columns; give images as {rowsName}.");
            return new Matrix(RequireFinite(array, file, name), 0, array.Shape[0], array.Shape[1]);
        }
        if (!file.Contains(rowsName)) return null;
        NpyArray rows = file.Read(rowsName);
        if (rows.Shape.Count == 0 || rows.Shape[0] == 0)
            throw new InvalidInputException($"{file.Path}: {rowsName} has the shape ({string.Join(", ", rows.Shape)}), expected at least one sample as a row.");
        return new Matrix(RequireFinite(rows, file, rowsName), 0, rows.Shape[0], rows.Count / rows.Shape[0]).Transpose();
    }

    private static double[] RequireFinite(NpyArray array, NpzFile file, string name)
    {
        double[] values = array.ToDoubles();
        int wrong = Array.FindIndex(values, value => !double.IsFinite(value));
        if (wrong < 0) return values;
        int last = array.Shape[^1];
        throw new InvalidInputException($"{file.Path}: {name} holds {values[wrong]} at row {wrong / last}, column {wrong % last} (from 0); every number "
            + "must be finite; remove or fill it.");
    }

    private static int[] ReadLabels(NpzFile file)
    {
        NpyArray array = file.Read("labels");
        if (array.Shape.Count(size => size != 1) > 1)
            throw new InvalidInputException($"{file.Path}: labels have the shape ({string.Join(", ", array.Shape)}), expected one number for each sample.");
        try
        {
            return Array.ConvertAll(array.ToIntegers(), label => checked((int)label));
        }
        catch (Exception e) when (e is InvalidInputException or OverflowException)
        {
            throw new InvalidInputException($"{file.Path}: labels hold something else than classes 0 … K−1: {e.Message}", e);
        }
    }

    /// <summary>The classes of one-hot targets; null when a column is not one-hot.</summary>
    public static int[]? OneHotLabels(Matrix targets)
    {
        var labels = new int[targets.Columns];
        for (int column = 0; column < labels.Length; column++)
        {
            int ones = 0;
            for (int row = 0; row < targets.Rows; row++)
            {
                double value = targets[row, column];
                if (value is not (0 or 1)) return null;
                if (value == 0) continue;
                labels[column] = row;
                ones++;
            }
            if (ones != 1) return null;
        }
        return labels;
    }

    private static string Printable(IEnumerable<string> names) => ErrorText.Printable(string.Join(", ", names));
}
