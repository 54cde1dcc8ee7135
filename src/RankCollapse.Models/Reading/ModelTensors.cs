using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Reading;

/// <summary>The tensors of a user's model, described at once and read one at a time; nothing else of the file stays in memory.</summary>
public abstract class ModelTensors : IDisposable
{
    private readonly Dictionary<string, TensorEntry> _byName = new(StringComparer.Ordinal);

    /// <summary>Begins a model; the constructor of a format announces the tensors.</summary>
    protected ModelTensors(string path)
    {
        Path = path;
    }

    /// <summary>The file or folder, as it was given.</summary>
    public string Path { get; }

    /// <summary>The tensors that can be read, in the file's order.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; private set; } = [];

    /// <summary>The tensors that are not read, each with its reason.</summary>
    public IReadOnlyList<SkippedTensor> Skipped { get; private set; } = [];

    /// <summary>The file's free text entries.</summary>
    internal virtual IReadOnlyDictionary<string, string> Metadata => new Dictionary<string, string>();

    /// <summary>Whether there is a readable tensor of this name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>The description of a tensor.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor (near names are listed), or it is not read.</exception>
    public TensorEntry Describe(string name)
    {
        if (_byName.TryGetValue(name, out TensorEntry? entry)) return entry;
        if (Skipped.FirstOrDefault(tensor => tensor.Name == name) is { } skipped)
            throw new InvalidInputException($"{Path}: tensor {ErrorText.Printable(name)} is not read: {skipped.Reason}.");
        throw new InvalidInputException(
            $"{Path} has no tensor {ErrorText.Printable(name)}; "
            + $"{NearMatches.Advice(name, [.. Tensors.Take(MostNames).Select(tensor => ErrorText.Printable(tensor.Name))])}");
    }

    /// <summary>Reads the numbers of a tensor as doubles, the last dimension fastest; whole numbers beyond 2^53 are rounded.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor, its content is damaged, or it does not fit into memory.</exception>
    public double[] ReadDoubles(string name)
    {
        TensorEntry entry = Describe(name);
        if (entry.Count > Array.MaxLength)
            throw new InvalidInputException(
                $"{Path}: tensor {ErrorText.Printable(name)} has {entry.Count} numbers, more than one array can hold ({Array.MaxLength}).");
        MemoryBudget.Require(8.0 * entry.Count, $"{Path}: tensor {ErrorText.Printable(name)} with shape {entry.ShapeText}", "use a machine with more memory");
        return InputFile.Guard(Path, () => ReadNumbers(entry));
    }

    /// <summary>Reads the bytes of a tensor, of any type of numbers, each as a double.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor, its content is damaged, or it does not fit into memory.</exception>
    internal double[] ReadBytes(string name)
    {
        TensorEntry entry = Describe(name);
        int size = ElementBytes.Size(entry.Type);
        if (size == 1 && !ElementBytes.IsFloating(entry.Type)) return ReadDoubles(name);
        MemoryBudget.Require(
            10.0 * size * entry.Count, $"{Path}: tensor {ErrorText.Printable(name)} with shape {entry.ShapeText}", "use a machine with more memory");
        var bytes = new MemoryStream(checked((int)(size * entry.Count)));
        CopyBytes(name, bytes);
        return Array.ConvertAll(bytes.GetBuffer(), one => (double)one);
    }

    /// <summary>Reads a tensor of two dimensions as a matrix, and one of one dimension n as n×1.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor, it has another number of dimensions, its content is damaged, or it does not fit into
    /// memory.</exception>
    public Matrix ReadMatrix(string name)
    {
        TensorEntry entry = Describe(name);
        if (entry.Shape.Count is not (1 or 2))
            throw new InvalidInputException($"{Path}: tensor {ErrorText.Printable(name)} has the shape {entry.ShapeText}, expected 1 or 2 dimensions.");
        double[] values = ReadDoubles(name);
        return new Matrix(values, 0, (int)entry.Shape[0], entry.Shape.Count == 2 ? (int)entry.Shape[1] : 1);
    }

    /// <summary>Opens a tensor to be read some samples, those of its first axis, at a time; no other tensor may be read meanwhile.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor, or its content is damaged.</exception>
    internal virtual RowReader OpenRows(string name) => new($"{Path}: tensor {ErrorText.Printable(name)}", ReadDoubles(name));

    /// <summary>Reads texts, where the format has them; null where there are none of this name.</summary>
    internal virtual string[]? ReadTexts(string name) => null;

    /// <summary>Copies the numbers of a tensor as they are stored, little-endian.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor, or its content is damaged.</exception>
    internal virtual void CopyBytes(string name, Stream destination)
    {
        TensorEntry entry = Describe(name);
        double[] values = ReadDoubles(name);
        if (!ElementWriter.CanWrite(entry.Type))
            throw new InvalidInputException(
                $"{Path}: tensor {ErrorText.Printable(name)} is of type {entry.Type}, which is not copied; save the model as safetensors.");
        destination.Write(ElementWriter.ToBytes(values, entry.Type));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the files.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>Reads the numbers of a tensor that exists and fits into memory.</summary>
    protected abstract double[] ReadNumbers(TensorEntry entry);

    /// <summary>Says what the model holds; called once, by the constructor.</summary>
    protected void Announce(IReadOnlyList<TensorEntry> tensors, IReadOnlyList<SkippedTensor> skipped)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Tensors = tensors;
        Skipped = skipped;
        foreach (TensorEntry entry in tensors)
        {
            if (!_byName.TryAdd(entry.Name, entry))
                throw new InvalidInputException($"{Path} holds two tensors named {ErrorText.Printable(entry.Name)}; names are unique; export the model again.");
        }
    }

    private const int MostNames = 10_000;
}
