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
/// In an .npz file the inputs are arrays named as the model's inputs, a sample a row; otherwise, as csv and IDX files, it is read as for training.
/// There may be no labels, and those that there are stay as they are. The folder of a run gives its data.
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

    /// <summary>How the file was understood, in words; null where there is nothing to say.</summary>
    public string? Understood { get; private init; }

    /// <summary>The label of each sample; null where there are none.</summary>
    public int[]? Labels { get; }

    /// <summary>N.</summary>
    public int SampleCount { get; }

    /// <summary>Reads samples.</summary>
    /// <param name="source">A file, the folder of a run, or the name of a built-in data set.</param>
    /// <param name="inputNames">The names of the model's inputs.</param>
    /// <param name="most">The most samples to take, in proportion to the classes; null for all.</param>
    /// <param name="seed">The seed of the choice.</param>
    /// <param name="reading">What settles how a file is meant; null for nothing.</param>
    /// <exception cref="InvalidInputException">The file is missing or damaged, or its arrays do not fit together.</exception>
    public static ModelData Read(string source, IReadOnlyCollection<string> inputNames, int? most = null, long seed = 0, FileReading? reading = null)
    {
        reading ??= new FileReading();
        if (most < 1) throw new InvalidInputException($"{most} samples are asked for; ask for at least 1.");
        ModelData data = Directory.Exists(source) ? FromDataSet(RunFolder.Open(source).ReadDataSet())
            : DataSource.Names.Contains(source)
                ? FromDataSet(DataSource.Load(new DataRequest { Source = source, Samples = most ?? DataSource.UsualSamples(source), Seed = seed }))
            : DataSource.KindOf(source) switch
            {
                DataFileKind.Npz => FromNpz(source, inputNames, reading),
                DataFileKind.Npy => new ModelData(source, [Whole("X", NpyFormat.Read(source), source)], null, NpyFormat.Read(source).Shape[0]),
                DataFileKind.Idx => FromImages(IdxImages.Read(source)),
                DataFileKind.Csv => FromSamples(CsvSamples.Read(source, reading.Label)),
                _ => throw new InvalidInputException($"{source} is neither an .npz archive, nor IDX images, nor csv; convert it to one of them."),
            };
        if (data.Understood is { } understood) reading.Understood?.Invoke($"{Path.GetFileName(source)}: {understood}");
        return most is { } limit && limit < data.SampleCount ? data.Choose(new ClassLabels(data.Labels, data.SampleCount).Subsample(limit, seed)) : data;
    }

    /// <summary>The samples of a data set.</summary>
    public static ModelData FromDataSet(DataSet data) =>
        new(data.Name, [Flat(data.Inputs)], data.Labels.Length == 0 ? null : data.Labels, data.SampleCount);

    /// <summary>Samples that are given.</summary>
    public static ModelData FromArrays(string name, IReadOnlyList<DataArray> arrays, int[]? labels, int sampleCount) => new(name, arrays, labels, sampleCount);

    /// <summary>Chosen samples.</summary>
    public ModelData Choose(int[] samples) =>
        new(Name, [.. Arrays.Select(array => array.Choose(samples))], Labels is null ? null : [.. samples.Select(i => Labels[i])], samples.Length)
        {
            Understood = Understood,
        };

    private static ModelData FromSamples(Samples samples) =>
        new(samples.Name, [Flat(samples.Inputs)], samples.Labels, samples.Inputs.Columns) { Understood = samples.Understood };

    private static ModelData FromImages(IdxImages images) => FromSamples(images.All());

    private static DataArray Flat(Matrix columns) => new("X", [columns.Rows], columns.Transpose().AsSpan().ToArray());

    private static ModelData FromNpz(string path, IReadOnlyCollection<string> inputNames, FileReading reading)
    {
        using NpzFile file = NpzFile.Open(path);
        if (inputNames.Count == 0 || !inputNames.All(file.Contains))
        {
            SampleArrays read;
            try
            {
                read = NpzSamples.ReadArrays(file, reading);
            }
            catch (InvalidInputException e) when (inputNames.Count > 0 && !file.Names.Any(name => name is "X" or "x" or "X_rows"))
            {
                string names = ErrorText.Printable(string.Join(", ", inputNames));
                throw new InvalidInputException($"{e.Message.TrimEnd('.')}, or {names} as the model's inputs are named.", e)
                { Settings = e.Settings };
            }
            RequireClasses(read.Labels, path);
            return new ModelData(path, [new DataArray(read.InputName, read.SampleShape, read.ToRows())], read.Labels, read.SampleCount)
            {
                Understood = read.Understood,
            };
        }
        int[]? labels = NpzSamples.ReadLabels(file);
        RequireClasses(labels, path);
        DataArray[] arrays = [.. inputNames.Select(name => Whole(name, file.Read(name), path))];
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

    private static void RequireClasses(int[]? labels, string path)
    {
        if (labels is not null && Array.Find(labels, label => label < 0) is var wrong and < 0)
            throw new InvalidInputException($"{path}: the labels hold {wrong}, expected classes 0, 1, …");
    }

    private static DataArray Whole(string name, NpyArray array, string path) => array.Shape.Count > 0
        ? new DataArray(name, [.. array.Shape.Skip(1)], array.ToDoubles())
        : throw new InvalidInputException($"{path}: {ErrorText.Printable(name)} is a single number, expected a sample a row.");
}
