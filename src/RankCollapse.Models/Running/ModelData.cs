using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;

namespace RankCollapse.Models.Running;

/// <summary>One input of a model for all samples.</summary>
/// <param name="Name">The array's name in the file; <c>X</c> where there is one input.</param>
/// <param name="SampleShape">The sizes of one sample; empty for a single number.</param>
/// <param name="Values">N samples after each other.</param>
internal sealed record DataArray(string Name, IReadOnlyList<int> SampleShape, double[] Values)
{
    /// <summary>How many numbers a sample has.</summary>
    public int SampleLength => SampleShape.Aggregate(1, (product, size) => product * size);

    /// <summary>N×d, a view.</summary>
    public Matrix Rows => new(Values, 0, Values.Length / Math.Max(1, SampleLength), SampleLength);

    /// <summary>Chosen samples.</summary>
    public DataArray Choose(int[] samples)
    {
        int length = SampleLength;
        var chosen = new double[samples.Length * length];
        for (int i = 0; i < samples.Length; i++) Values.AsSpan(samples[i] * length, length).CopyTo(chosen.AsSpan(i * length, length));
        return this with { Values = chosen };
    }
}

/// <summary>Samples for a model: its inputs, whose sizes are kept, and their labels.</summary>
/// <remarks>
/// In an .npz file the inputs are arrays named as the model's inputs, or <c>X</c> or <c>X_rows</c>. Samples are the first axis, as everywhere in Python;
/// only an <c>X</c> of two dimensions whose second axis alone has the length of the labels, or that stands beside <c>Y</c> [K, N], has samples as columns,
/// as <c>train</c> reads it. Labels are <c>labels</c>, <c>y</c>, or one-hot in <c>Y</c> or <c>Y_rows</c>; there may be none.
/// Csv and IDX files are read as by <c>train</c>; the folder of a run gives its data.
/// </remarks>
internal sealed class ModelData
{
    private ModelData(string name, IReadOnlyList<DataArray> arrays, int[]? labels, int sampleCount)
    {
        Name = name;
        Arrays = arrays;
        Labels = labels;
        SampleCount = sampleCount;
    }

    /// <summary>The file.</summary>
    public string Name { get; }

    /// <summary>The inputs, at least one.</summary>
    public IReadOnlyList<DataArray> Arrays { get; }

    /// <summary>The label of each sample; null where there are none.</summary>
    public int[]? Labels { get; }

    /// <summary>N.</summary>
    public int SampleCount { get; }

    /// <summary>Reads samples.</summary>
    /// <param name="source">A file, the folder of a run, or the name of a built-in data set.</param>
    /// <param name="inputNames">The names of the model's inputs.</param>
    /// <param name="most">The most samples to take, in proportion to the classes; null for all.</param>
    /// <param name="seed">The seed of the choice.</param>
    /// <exception cref="InvalidInputException">The file is missing or damaged, or its arrays do not fit together.</exception>
    public static ModelData Read(string source, IReadOnlyCollection<string> inputNames, int? most = null, long seed = 0)
    {
        if (most < 1) throw new InvalidInputException($"{most} samples are asked for; ask for at least 1.");
        ModelData data = Directory.Exists(source) ? FromDataSet(RunFolder.Open(source).ReadDataSet())
            : DataSource.Names.Contains(source) ? FromDataSet(DataSource.Load(new DataRequest { Source = source, Samples = most ?? 1000, Seed = seed }))
            : DataSource.KindOf(source) switch
            {
                DataFileKind.Npz => FromNpz(source, inputNames),
                DataFileKind.Npy => new ModelData(source, [Whole("X", NpyFormat.Read(source), source)], null, NpyFormat.Read(source).Shape[0]),
                DataFileKind.Idx => FromImages(IdxImages.Read(source)),
                DataFileKind.Csv => FromSamples(CsvSamples.Read(source)),
                _ => throw new InvalidInputException($"{source} is neither an .npz archive, nor IDX images, nor csv; convert it to one of them."),
            };
        return most is { } limit && limit < data.SampleCount ? data.Choose(new ClassLabels(data.Labels, data.SampleCount).Subsample(limit, seed)) : data;
    }

    /// <summary>The samples of a data set.</summary>
    public static ModelData FromDataSet(DataSet data) =>
        new(data.Name, [Flat(data.Inputs)], data.Labels.Length == 0 ? null : data.Labels, data.SampleCount);

    /// <summary>Samples that are given.</summary>
    public static ModelData FromArrays(string name, IReadOnlyList<DataArray> arrays, int[]? labels, int sampleCount) => new(name, arrays, labels, sampleCount);

    /// <summary>Chosen samples.</summary>
    public ModelData Choose(int[] samples) =>
        new(Name, [.. Arrays.Select(array => array.Choose(samples))], Labels is null ? null : [.. samples.Select(i => Labels[i])], samples.Length);

    private static ModelData FromSamples(Samples samples) => new(samples.Name, [Flat(samples.Inputs)], samples.Labels, samples.Inputs.Columns);

    private static ModelData FromImages(IdxImages images)
    {
        int classes = images.Labels.Max() + 1;
        int[] counts = [.. Enumerable.Range(0, classes).Select(k => images.Labels.Count(label => label == k))];
        if (counts.All(count => count > 0)) return FromDataSet(images.Subsample(images.Labels.Count, classes, seed: 0));
        throw new InvalidInputException(
            $"The IDX images have labels up to {classes - 1}, but none of class {Array.IndexOf(counts, 0)}; save them as .npz with X and y.");
    }

    private static DataArray Flat(Matrix columns) => new("X", [columns.Rows], columns.Transpose().AsSpan().ToArray());

    private static ModelData FromNpz(string path, IReadOnlyCollection<string> inputNames)
    {
        using NpzFile file = NpzFile.Open(path);
        int[]? labels = ReadLabels(file);
        DataArray[] arrays;
        if (inputNames.Count > 0 && inputNames.All(file.Contains))
        {
            arrays = [.. inputNames.Select(name => Whole(name, file.Read(name), path))];
        }
        else
        {
            string name = Array.Find(["X", "X_rows", "x"], file.Contains)
                ?? throw new InvalidInputException(
                    $"{path} has the arrays {ErrorText.Printable(string.Join(", ", file.Names))}, expected X with a sample a "
                    + $"row{(inputNames.Count > 0 ? $", or {ErrorText.Printable(string.Join(", ", inputNames))} as the model's inputs are named" : "")}.");
            NpyArray array = file.Read(name);
            bool isColumns = name == "X" && array.Shape.Count == 2 && HasSampleColumns(array.Shape, labels, file.Contains("Y"));
            arrays = [isColumns ? Flat(new Matrix(array.ToDoubles(), 0, array.Shape[0], array.Shape[1])) : Whole(name, array, path)];
        }
        int count = arrays[0].Values.Length / Math.Max(1, arrays[0].SampleLength);
        foreach (DataArray array in arrays)
        {
            int found = array.Values.Length / Math.Max(1, array.SampleLength);
            if (found != count || found == 0)
                throw new InvalidInputException(
                    $"{path}: {ErrorText.Printable(array.Name)} has {found} samples, but {ErrorText.Printable(arrays[0].Name)} has {count}; every input needs "
                    + "the same number, at least 1.");
        }
        if ((labels?.Length ?? count) != count)
            throw new InvalidInputException(
                $"{path}: {ErrorText.Printable(arrays[0].Name)} has {count} samples, but there are {labels!.Length} labels; save a sample a row with "
                + "numpy.savez(FILE, X=…, y=…).");
        return new ModelData(path, arrays, labels, count);
    }

    /// <summary>Whether an X of two dimensions has samples as columns: where only that fits the labels, or where both fit and Y says so.</summary>
    private static bool HasSampleColumns(IReadOnlyList<int> shape, int[]? labels, bool hasColumnTargets) =>
        labels is null ? hasColumnTargets : shape[1] == labels.Length && (shape[0] != labels.Length || hasColumnTargets);

    private static DataArray Whole(string name, NpyArray array, string path) => array.Shape.Count > 0
        ? new DataArray(name, [.. array.Shape.Skip(1)], array.ToDoubles())
        : throw new InvalidInputException($"{path}: {ErrorText.Printable(name)} is a single number, expected a sample a row.");

    private static int[]? ReadLabels(NpzFile file)
    {
        if (Array.Find(["labels", "y", "label"], file.Contains) is { } name)
        {
            NpyArray array = file.Read(name);
            if (array.Shape.Count(size => size != 1) > 1)
                throw new InvalidInputException($"{file.Path}: {name} has the shape ({string.Join(", ", array.Shape)}), expected one class for each sample.");
            return Array.ConvertAll(array.ToIntegers(), label => label is >= 0 and <= int.MaxValue - 1
                ? (int)label
                : throw new InvalidInputException($"{file.Path}: {name} holds {label}, expected classes 0, 1, …"));
        }
        bool isColumns = file.Contains("Y");
        if (!isColumns && !file.Contains("Y_rows")) return null;
        NpyArray targets = file.Read(isColumns ? "Y" : "Y_rows");
        if (targets.Shape.Count != 2) return null;
        var matrix = new Matrix(targets.ToDoubles(), 0, targets.Shape[0], targets.Shape[1]);
        return NpzSamples.OneHotLabels(isColumns ? matrix : matrix.Transpose());
    }
}
