using RankCollapse.Formats;

namespace RankCollapse.Models.Reading;

/// <summary>A model in one safetensors file.</summary>
internal sealed class SafetensorsModel : ModelTensors
{
    private readonly SafetensorsFile _file;

    private SafetensorsModel(string path, SafetensorsFile file)
        : base(path)
    {
        _file = file;
        Announce([.. file.Tensors.Where(IsReadable).Select(Entry)], [.. file.Tensors.Where(tensor => !IsReadable(tensor)).Select(Skip)]);
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">What the user gave.</param>
    /// <param name="file">The file; the same, or one inside the folder that the user gave.</param>
    /// <exception cref="InvalidInputException">The file is missing or damaged.</exception>
    public static SafetensorsModel Open(string path, string file) => new(path, SafetensorsFile.Open(file));

    /// <summary>Whether the numbers of a tensor can be read.</summary>
    public static bool IsReadable(TensorDescription tensor) => ElementBytes.IsReadable(tensor.Type);

    /// <summary>A tensor's description.</summary>
    public static TensorEntry Entry(TensorDescription tensor) => new(tensor.Name, tensor.Type, tensor.Shape);

    /// <summary>Why a tensor is not read.</summary>
    public static SkippedTensor Skip(TensorDescription tensor) =>
        new(tensor.Name, $"its numbers are of type {tensor.Type}, {(tensor.Type == ElementType.C64 ? "complex" : "packed below a byte without their scales")}");

    internal override IReadOnlyDictionary<string, string> Metadata => _file.Metadata;

    internal override RowReader OpenRows(string name) => _file.OpenRows(name);

    internal override void CopyBytes(string name, Stream destination) => _file.CopyBytes(name, destination);

    protected override double[] ReadNumbers(TensorEntry entry) => _file.ReadDoubles(entry.Name);

    protected override void Dispose(bool disposing) => _file.Dispose();
}
