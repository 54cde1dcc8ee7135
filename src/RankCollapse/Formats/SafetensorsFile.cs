using RankCollapse.LinearAlgebra;

namespace RankCollapse.Formats;

/// <summary>An open safetensors file: its tensors are described at once and read one at a time.</summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly long _dataStart;
    private readonly Dictionary<string, TensorDescription> _byName;

    private SafetensorsFile(FileStream stream, string path)
    {
        _stream = stream;
        Path = path;
        (Tensors, Metadata) = SafetensorsHeader.Read(stream, path);
        _dataStart = stream.Position;
        _byName = Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>All tensors, in the order of their bytes.</summary>
    public IReadOnlyList<TensorDescription> Tensors { get; }

    /// <summary>The file's free text entries.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header against the file's size.</summary>
    /// <exception cref="InvalidInputException">The file is missing, damaged or not a safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream stream = InputFile.Open(path);
        try
        {
            return InputFile.Guard(path, () => new SafetensorsFile(stream, path));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file has a tensor of this name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>The description of a tensor.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor; near names are listed.</exception>
    public TensorDescription Describe(string name)
    {
        if (_byName.TryGetValue(name, out TensorDescription? tensor)) return tensor;
        IReadOnlyList<string> near = NearMatches.Of(name, _byName.Keys);
        string advice = near.Count > 0 ? $"near it are {string.Join(", ", near.Select(ErrorText.Printable))}" : $"it has {Tensors.Count} tensors";
        throw new InvalidInputException($"{Path} has no tensor {ErrorText.Printable(name)}; {advice}.");
    }

    /// <summary>Reads a tensor of two dimensions as a matrix, and one of one dimension n as n×1; numbers become doubles.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor, it has another number of dimensions, or it does not fit into memory.</exception>
    public Matrix ReadMatrix(string name)
    {
        TensorDescription tensor = Describe(name);
        if (tensor.Shape.Count is not (1 or 2))
            throw new InvalidInputException($"{Path}: tensor {ErrorText.Printable(name)} has the shape {tensor.ShapeText}, expected 1 or 2 dimensions.");
        long rows = tensor.Shape[0];
        long columns = tensor.Shape.Count == 2 ? tensor.Shape[1] : 1;
        if (rows > int.MaxValue || columns > int.MaxValue)
            throw new InvalidInputException($"{Path}: tensor {ErrorText.Printable(name)} is {tensor.ShapeText}, more than a matrix can have ({int.MaxValue}).");
        return new Matrix(ReadDoubles(name), 0, (int)rows, (int)columns);
    }

    /// <summary>Reads the numbers of a tensor as doubles, the last dimension fastest; whole numbers beyond 2^53 are rounded.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor, or it does not fit into memory.</exception>
    public double[] ReadDoubles(string name) => Read<double>(name, ElementBytes.ReadDoubles);

    /// <summary>Reads the numbers of a tensor as whole numbers.</summary>
    /// <exception cref="InvalidInputException">
    /// There is no such tensor, it holds fractions or numbers beyond 64 signed bits, or it does not fit into memory.
    /// </exception>
    public long[] ReadIntegers(string name) => Read<long>(name, ElementBytes.ReadIntegers);

    /// <summary>Opens a tensor to be read some samples at a time; no other tensor of the file may be read meanwhile.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor, or its numbers are not read.</exception>
    public RowReader OpenRows(string name)
    {
        TensorDescription tensor = Readable(name);
        return InputFile.Guard(Path, () =>
        {
            _stream.Position = _dataStart + tensor.Offset;
            return new RowReader($"{Path}: tensor {ErrorText.Printable(name)}", _stream, tensor.Count, tensor.Type, isBigEndian: false, null, null);
        });
    }

    /// <summary>Copies the bytes of a tensor of any type.</summary>
    /// <exception cref="InvalidInputException">There is no such tensor, or the file is damaged.</exception>
    public void CopyBytes(string name, Stream destination)
    {
        TensorDescription tensor = Describe(name);
        InputFile.Guard(Path, () =>
        {
            _stream.Position = _dataStart + tensor.Offset;
            var block = new byte[Math.Min(tensor.ByteCount, 1 << 20)];
            for (long left = tensor.ByteCount; left > 0;)
            {
                int count = (int)Math.Min(left, block.Length);
                _stream.ReadExactly(block, 0, count);
                destination.Write(block, 0, count);
                left -= count;
            }
            return tensor.ByteCount;
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private TensorDescription Readable(string name) => Describe(name) is var tensor && ElementBytes.IsReadable(tensor.Type)
        ? tensor
        : throw new InvalidInputException(
            $"{Path}: tensor {ErrorText.Printable(name)} has numbers of type {tensor.Type}, which are not read; convert it to F32.");

    private delegate void Reader<T>(Stream stream, ElementType type, bool isBigEndian, Span<T> destination);

    private T[] Read<T>(string name, Reader<T> read)
    {
        TensorDescription tensor = Readable(name);
        if (tensor.Count > Array.MaxLength)
            throw new InvalidInputException(
                $"{Path}: tensor {ErrorText.Printable(name)} has {tensor.Count} numbers, more than one array can hold ({Array.MaxLength}).");
        MemoryBudget.Require(8.0 * tensor.Count, $"{Path}: tensor {ErrorText.Printable(name)} with shape {tensor.ShapeText}", "use a machine with more memory");
        return InputFile.Guard(Path, () =>
        {
            var values = new T[tensor.Count];
            _stream.Position = _dataStart + tensor.Offset;
            read(_stream, tensor.Type, isBigEndian: false, values);
            return values;
        });
    }
}
