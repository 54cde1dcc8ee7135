using RankCollapse.Formats;

namespace RankCollapse.Models.Reading;

/// <summary>A model in a .npz archive of NumPy; arrays are unpacked one at a time.</summary>
internal sealed class NpzModel : ModelTensors
{
    private readonly NpzFile _file;

    private NpzModel(string path, NpzFile file)
        : base(path)
    {
        _file = file;
        var entries = new List<TensorEntry>();
        var skipped = new List<SkippedTensor>();
        foreach ((string name, NpyHeader? header, string? reason) in file.Describe())
        {
            if (header is null) skipped.Add(new SkippedTensor(name, reason!.TrimEnd('.')));
            else entries.Add(new TensorEntry(name, header.Type, [.. header.Shape.Select(size => (long)size)]));
        }
        Announce(entries, skipped);
    }

    /// <summary>Opens an archive.</summary>
    /// <exception cref="InvalidInputException">It is missing or damaged.</exception>
    public static NpzModel OpenArchive(string path)
    {
        NpzFile file = NpzFile.Open(path);
        try
        {
            return new NpzModel(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal override RowReader OpenRows(string name) => _file.OpenRows(name);

    internal override string[]? ReadTexts(string name) => _file.ReadTexts(name);

    protected override double[] ReadNumbers(TensorEntry entry) => _file.Read(entry.Name).ToDoubles();

    protected override void Dispose(bool disposing) => _file.Dispose();
}

/// <summary>A single .npy array of NumPy; its name is the file's.</summary>
internal sealed class NpyModel : ModelTensors
{
    private readonly string[]? _texts;

    /// <summary>Opens an array.</summary>
    /// <param name="path">The file.</param>
    /// <param name="takesTexts">Whether it may hold texts, which are skipped among the tensors.</param>
    /// <exception cref="InvalidInputException">It is missing, damaged, or holds something else.</exception>
    public NpyModel(string path, bool takesTexts = false)
        : base(path)
    {
        if (takesTexts && (_texts = NpyFormat.ReadTexts(path)) is not null)
        {
            Announce([], [new SkippedTensor(System.IO.Path.GetFileNameWithoutExtension(path), "it holds texts")]);
            return;
        }
        NpyHeader header = NpyFormat.ReadHeader(path);
        Announce([new TensorEntry(System.IO.Path.GetFileNameWithoutExtension(path), header.Type, [.. header.Shape.Select(size => (long)size)])], []);
    }

    internal override string[]? ReadTexts(string name) => _texts;

    protected override double[] ReadNumbers(TensorEntry entry) => NpyFormat.Read(Path).ToDoubles();

    protected override void Dispose(bool disposing)
    {
    }
}
