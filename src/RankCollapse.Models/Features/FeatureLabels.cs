using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Features;

/// <summary>An array of labels, or of targets.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Count">How many samples it has.</param>
internal sealed record LabelArray(string Name, long Count);

/// <summary>What belongs to each sample of features: its class, or what it is regressed on.</summary>
internal sealed class FeatureLabels
{
    private FeatureLabels(IReadOnlyList<long> counts) => Counts = counts;

    /// <summary>How many samples each file has.</summary>
    public IReadOnlyList<long> Counts { get; }

    /// <summary>The class of each sample; null for targets.</summary>
    public int[]? Classes { get; private init; }

    /// <summary>The targets, N×K; null for classes.</summary>
    public Matrix? Targets { get; private init; }

    /// <summary>The labels of an opened file; null where there are none.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The array's name; null takes the usual ones.</param>
    public static LabelArray? FindIn(ModelTensors file, string? name)
    {
        foreach (string label in name is null ? FeatureFiles.LabelNames : [name])
        {
            if (file.Contains(label) && file.Describe(label).Shape is { Count: > 0 } shape) return new LabelArray(label, shape[0]);
            if (file.Skipped.Any(array => array.Name == label) && file.ReadTexts(label) is { } texts) return new LabelArray(label, texts.Length);
        }
        return null;
    }

    /// <summary>Reads the labels of all parts.</summary>
    /// <param name="files">The parts, or the one file that has the labels of all.</param>
    /// <param name="isAlone">Whether it is such a file, whose only array may have any name.</param>
    /// <param name="options">Which array it is, and whether whole numbers are classes.</param>
    /// <returns>Null where no file has labels.</returns>
    /// <exception cref="InvalidInputException">Some have them, some not, or they are no labels.</exception>
    public static FeatureLabels? Read(IReadOnlyList<string> files, bool isAlone, FeatureOptions options)
    {
        var numbers = new List<double[]>();
        var texts = new List<string[]>();
        var counts = new List<long>();
        string? without = null, with = null;
        int columns = 0;
        foreach (string path in files)
        {
            using ModelTensors file = ArrayFile.Open(path);
            LabelArray? found = FindIn(file, options.Reading.Label);
            if (found is null && isAlone && file.Tensors is [{ Shape.Count: > 0 } only]) found = new LabelArray(only.Name, only.Shape[0]);
            if (found is null) without ??= path;
            else with ??= path;
            if (without is not null && with is not null)
                throw new InvalidInputException($"{without} has no labels, but {with} has; each part has its own ({Names(options)}), or labels.npy has all.");
            if (found is null) continue;
            counts.Add(found.Count);
            if (!file.Contains(found.Name)) texts.Add(file.ReadTexts(found.Name)!);
            else
            {
                IReadOnlyList<long> shape = file.Describe(found.Name).Shape;
                int wide = (int)shape.Skip(1).Aggregate(1L, (product, size) => product * size);
                if (columns > 0 && wide != columns)
                    throw new InvalidInputException($"{path} has {wide} numbers for a sample in {found.Name}, but {with} has {columns}; save them alike.");
                columns = wide;
                numbers.Add(file.ReadDoubles(found.Name));
            }
        }
        if (with is null)
        {
            return options.Reading.Label is { } asked
                ? throw new InvalidInputException($"{files[0]} has no array {ErrorText.Printable(asked)} with a label for each sample.")
                { Settings = ["label"] }
                : null;
        }
        if (texts.Count > 0 && numbers.Count > 0)
            throw new InvalidInputException($"Some parts beside {with} have texts as labels, others numbers; save them alike.");
        return texts.Count > 0
            ? new FeatureLabels(counts) { Classes = Numbered([.. texts.SelectMany(part => part)]) }
            : Of([.. numbers.SelectMany(part => part)], columns, counts, with, options.Task);
    }

    private static FeatureLabels Of(double[] values, int columns, List<long> counts, string path, PredictionTask? task)
    {
        int bad = Array.FindIndex(values, value => !double.IsFinite(value));
        if (bad >= 0) throw new InvalidInputException($"{path}: the label of sample {bad / columns} is {values[bad]}; expected finite numbers.");
        bool isRegression = task == PredictionTask.Regression;
        if (columns > 1 && !isRegression && OneHot(values, columns) is { } hot) return new FeatureLabels(counts) { Classes = hot };
        int broken = Array.FindIndex(values, value => Math.Floor(value) != value);
        if (isRegression || columns > 1 || broken >= 0)
        {
            if (task is PredictionTask.Multiclass or PredictionTask.Binary)
            {
                string found = columns > 1 ? $"{columns} numbers for a sample" : $"real, such as {values[broken]}";
                throw new InvalidInputException($"{path}: the labels are {found}, expected classes 0, 1, … for this task.") { Settings = ["task"] };
            }
            return new FeatureLabels(counts) { Targets = new Matrix(values, 0, values.Length / columns, columns) };
        }
        int outside = Array.FindIndex(values, value => value is < 0 or > int.MaxValue);
        return outside < 0 ? new FeatureLabels(counts) { Classes = Array.ConvertAll(values, value => (int)value) }
            : throw new InvalidInputException(
                $"{path}: the label of sample {outside} is {values[outside]}, expected classes 0, 1, …; leave out samples without one.");
    }

    private static int[]? OneHot(double[] values, int columns)
    {
        var classes = new int[values.Length / columns];
        for (int i = 0; i < classes.Length; i++)
        {
            ReadOnlySpan<double> row = values.AsSpan(i * columns, columns);
            classes[i] = row.IndexOf(1.0);
            if (classes[i] < 0 || row.Count(0.0) != columns - 1) return null;
        }
        return classes;
    }

    private static int[] Numbered(string[] names)
    {
        Dictionary<string, int> numbers = names.Distinct().Order(StringComparer.Ordinal).Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        return Array.ConvertAll(names, name => numbers[name]);
    }

    private static string Names(FeatureOptions options) => options.Reading.Label ?? string.Join(" or ", FeatureFiles.LabelNames);
}
