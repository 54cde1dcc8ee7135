using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>
/// Samples from an .npz file. Inputs are <c>X</c>, a sample a row [N, …] as NumPy, scikit-learn and PyTorch have them, whose further dimensions are
/// flattened; where only that fits labels or targets, an <c>X</c> [d, N] has samples as columns. Labels are <c>y</c> or <c>labels</c>: classes or names.
/// Targets are <c>Y</c> [N, K] or [K, N], or a <c>y</c> of several columns. <c>x_train</c>, <c>y_train</c>, <c>x_test</c>, <c>y_test</c> and
/// <c>train_images</c>, <c>train_labels</c> (Keras, MedMNIST) are two sets, of which one is read.
/// </summary>
public static class NpzSamples
{
    private static readonly string[] PlainInputs = ["X", "X_rows", "x", "images", "data"];
    private static readonly string[] PlainLabels = ["labels", "y", "label", "target", "targets"];
    private static readonly string[] PlainTargets = ["Y", "Y_rows"];

    /// <summary>Reads all samples.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">What settles how it is meant; null for nothing.</param>
    /// <exception cref="InvalidInputException">The file is damaged, arrays are missing, or their sizes do not fit together, or in two ways.</exception>
    public static Samples Read(string path, FileReading? reading = null)
    {
        using NpzFile file = NpzFile.Open(path);
        SampleArrays arrays = ReadArrays(file, reading ?? new FileReading());
        if (arrays.Targets is null && arrays.Labels is null)
            throw new InvalidInputException($"{path} has the arrays {Printable(file.Names)}, expected labels (y) or targets (Y) beside {arrays.InputName}.");
        RequireFinite(arrays.Inputs, file, arrays.InputName);
        return new Samples(Path.GetFileName(path), arrays.ToColumns(), arrays.Targets, arrays.Labels) { Understood = arrays.Understood };
    }

    /// <summary>Reads the samples as they stand in the file; labels and targets may be missing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="reading">What settles how it is meant.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Read"/>.</exception>
    public static SampleArrays ReadArrays(NpzFile file, FileReading reading)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(reading);
        (string inputName, string? labelName, string? targetName) = Names(file, reading.Split);
        RequireMemory(file, inputName, labelName, targetName);
        NpyArray inputs = file.Read(inputName);
        if (inputs.Shape.Count == 0 || inputs.Shape.Contains(0))
            throw new InvalidInputException(
                $"{file.Path}: {inputName} has the shape {Shape(inputs)}, expected at least one sample with at least one number, a sample a row.");
        int[]? labels = null;
        string? labelWords = null;
        if (labelName is not null && IsOneHotOrMore(file, labelName)) targetName ??= labelName;
        else if (labelName is not null) (labels, labelWords) = ReadLabels(file, labelName);
        NpyArray? targets = targetName is null ? null : file.Read(targetName);
        if (targets is { Shape.Count: not (1 or 2) })
            throw new InvalidInputException($"{file.Path}: {targetName} has the shape {Shape(targets)}, expected 2 dimensions, samples and outputs.");
        bool isColumns = IsColumns(file, reading.Layout, (inputName, inputs), (labelName, labels), (targetName, targets));
        int count = inputs.Shape[isColumns ? 1 : 0], length = inputs.Count / count;
        Matrix? y = targets is null ? null : Targets(targets, count, isColumns && targetName != "Y_rows", file, targetName!);
        if (labels is null && y is not null) labels = OneHotLabels(y);
        string what = labels is not null && (y is null || labelName is null)
            ? $", {labels.Distinct().Count()} classes, labels from {labelName ?? targetName}{labelWords}"
            : y is not null ? $", {y.Rows} outputs from {targetName}" : "";
        string shape = inputs.Shape.Count > 2 ? $" ({string.Join('×', inputs.Shape.Skip(1))})" : "";
        string layout = $"; {inputName} has a sample a {(isColumns ? "column" : "row")}";
        return new SampleArrays(inputName, inputs, isColumns, y, labels, $"{count} samples × {length} inputs{shape}{what}{layout}");
    }

    /// <summary>What is read is there up to three times: as it was stored, as numbers, and with samples as columns.</summary>
    private static void RequireMemory(NpzFile file, params string?[] read)
    {
        const int Copies = 3;
        double numbers = file.Describe().Where(array => read.Contains(array.Name) && array.Header is not null).Sum(array => (double)array.Header!.Count);
        MemoryBudget.Require(Copies * sizeof(double) * numbers, file.Path, "use fewer samples (max-memory)");
    }

    /// <summary>The labels of a file, whatever its inputs are called; null where there are none.</summary>
    /// <param name="file">The file.</param>
    public static int[]? ReadLabels(NpzFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (Array.Find(PlainLabels, file.Contains) is { } name && !IsOneHotOrMore(file, name)) return ReadLabels(file, name).Labels;
        if (Array.Find([.. PlainLabels, .. PlainTargets], file.Contains) is not { } targets || file.Read(targets) is not { Shape.Count: 2 } array) return null;
        var matrix = new Matrix(array.ToDoubles(), 0, array.Shape[0], array.Shape[1]);
        return OneHotLabels(targets == "Y" ? matrix : matrix.Transpose());
    }

    /// <summary>The classes of one-hot targets; null when a column is not one-hot.</summary>
    public static int[]? OneHotLabels(Matrix targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
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

    /// <summary>The names of inputs, labels and targets: the plain ones, or those of a part of two.</summary>
    private static (string Inputs, string? Labels, string? Targets) Names(NpzFile file, DataSplit split)
    {
        string part = split == DataSplit.Train ? "train" : "test";
        string? plain = Array.Find(PlainInputs, file.Contains);
        if (file.Contains("X") && file.Contains("X_rows"))
            throw new InvalidInputException($"{file.Path} has both X and X_rows; keep one of them.");
        if (plain is not null && split == DataSplit.Train)
        {
            if (file.Contains("Y") && file.Contains("Y_rows")) throw new InvalidInputException($"{file.Path} has both Y and Y_rows; keep one of them.");
            return (plain, Array.Find(PlainLabels, file.Contains), Array.Find(PlainTargets, file.Contains));
        }
        string? inputs = Array.Find([$"x_{part}", $"X_{part}", $"{part}_x", $"{part}_X", $"{part}_images", $"{part}_data"], file.Contains);
        string? labels = Array.Find([$"y_{part}", $"Y_{part}", $"{part}_y", $"{part}_labels", $"labels_{part}"], file.Contains);
        if (inputs is not null) return (inputs, labels, null);
        throw new InvalidInputException(split == DataSplit.Train
            ? $"{file.Path} has the arrays {Printable(file.Names)}, expected X with a sample a row beside labels y, or x_train and y_train."
            : $"{file.Path} has the arrays {Printable(file.Names)}, and no part for testing such as x_test and y_test; leave out split.")
        { Settings = split == DataSplit.Train ? [] : ["split"] };
    }

    /// <summary>Whether an array of labels has several columns, and so holds targets.</summary>
    private static bool IsOneHotOrMore(NpzFile file, string name) =>
        file.Describe().First(array => array.Name == name).Header is { Shape: [> 1, > 1] };

    /// <summary>Which axis of the inputs is that of the samples.</summary>
    private static bool IsColumns(
        NpzFile file, SampleLayout layout, (string Name, NpyArray Array) x, (string? Name, int[]? Values) labels, (string? Name, NpyArray? Array) y)
    {
        bool Fits(int count) => (labels.Values is null || labels.Values.Length == count)
            && (y.Array is null || y.Array.Shape[0] == count || (y.Name == "Y" && y.Array.Shape[^1] == count));
        bool canBeColumns = x.Array.Shape.Count == 2 && x.Name != "X_rows";
        bool fitsRows = Fits(x.Array.Shape[0]), fitsColumns = canBeColumns && Fits(x.Array.Shape[1]);
        if (layout == SampleLayout.Columns && !canBeColumns)
            throw new InvalidInputException($"{file.Path}: {x.Name} has the shape {Shape(x.Array)}, and samples cannot be its columns; leave out layout.")
            { Settings = ["layout"] };
        string others = string.Join(" and ", new[]
        {
            labels.Values is null ? null : $"there are {labels.Values.Length} labels in {labels.Name}", y.Array is null ? null
                : $"{y.Name} is {Shape(y.Array)}",
        }.OfType<string>());
        if (layout != SampleLayout.Auto ? !(layout == SampleLayout.Rows ? fitsRows : fitsColumns) : !fitsRows && !fitsColumns)
            throw new InvalidInputException($"{file.Path}: {x.Name} is {Shape(x.Array)}, but {others}; save a sample a row with numpy.savez(FILE, X=…, y=…).");
        if (layout != SampleLayout.Auto) return layout == SampleLayout.Columns;
        if (!fitsRows || !fitsColumns || (labels.Values is null && y.Array is null)) return !fitsRows;
        // Both fit: targets that are not square too tell which.
        if (y is { Name: "Y", Array: { Shape: [var first, var last] } } && first != last) return last == x.Array.Shape[1];
        throw new InvalidInputException(
            $"{file.Path}: {x.Name} is {Shape(x.Array)}{(others.Length > 0 ? $" and {others}" : "")}, so that a sample may be a row or a column; say which "
                + "(layout).")
        { Settings = ["layout"] };
    }

    private static Matrix Targets(NpyArray array, int count, bool preferColumns, NpzFile file, string name)
    {
        RequireFinite(array, file, name);
        int rows = array.Shape[0], columns = array.Shape.Count == 1 ? 1 : array.Shape[1];
        bool isColumns = rows != count || (columns == count && preferColumns);
        var matrix = new Matrix(array.ToDoubles(), 0, rows, columns);
        return isColumns ? matrix : matrix.Transpose();
    }

    private static void RequireFinite(NpyArray array, NpzFile file, string name)
    {
        double[] values = array.ToDoubles();
        int wrong = Array.FindIndex(values, value => !double.IsFinite(value));
        if (wrong < 0) return;
        int last = array.Shape[^1];
        throw new InvalidInputException($"{file.Path}: {name} holds {values[wrong]} at row {wrong / last}, column {wrong % last} (from 0); every number "
            + "must be finite; remove or fill it.");
    }

    private static (int[] Labels, string? Words) ReadLabels(NpzFile file, string name)
    {
        if (file.ReadTexts(name) is { } texts)
        {
            string[] names = [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            Dictionary<string, int> numbers = names.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
            return ([.. texts.Select(text => numbers[text])], $" ({ErrorText.Printable(string.Join(", ", names.Take(4)))}{(names.Length > 4 ? ", …" : "")})");
        }
        NpyArray array = file.Read(name);
        if (array.Shape.Count(size => size != 1) > 1)
            throw new InvalidInputException($"{file.Path}: {name} has the shape {Shape(array)}, expected one number for each sample.");
        try
        {
            return (Array.ConvertAll(array.ToIntegers(), label => checked((int)label)), null);
        }
        catch (Exception e) when (e is InvalidInputException or OverflowException)
        {
            throw new InvalidInputException($"{file.Path}: {name} holds something else than classes 0, 1, …: {e.Message} Targets of regression are Y.", e);
        }
    }

    private static string Shape(NpyArray array) => $"({string.Join(", ", array.Shape)})";

    private static string Printable(IEnumerable<string> names) => ErrorText.Printable(string.Join(", ", names));
}
