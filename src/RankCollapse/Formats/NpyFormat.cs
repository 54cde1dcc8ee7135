using System.Buffers.Binary;
using System.Text;

namespace RankCollapse.Formats;

/// <summary>Reads and writes arrays in NumPy's .npy format: real numbers, either byte order, C or Fortran order; objects and texts are refused.</summary>
public static class NpyFormat
{
    /// <summary>Reads a .npy file.</summary>
    /// <exception cref="InvalidInputException">The file is missing, damaged, or holds something else than real numbers.</exception>
    public static NpyArray Read(string path)
    {
        using FileStream file = InputFile.Open(path);
        return InputFile.Guard(path, () => Read(file, path, file.Length));
    }

    /// <summary>Writes a .npy file with f8 or i8 in C order, whole or not at all.</summary>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, NpyArray array) => AtomicFile.Write(path, stream => Write(stream, array));

    /// <summary>Reads the header of a .npy file alone.</summary>
    /// <exception cref="InvalidInputException">The file is missing, damaged, or holds something else than real numbers.</exception>
    public static NpyHeader ReadHeader(string path)
    {
        using FileStream file = InputFile.Open(path);
        return InputFile.Guard(path, () => NpyHeader.Read(file, path));
    }

    /// <summary>Reads an array that fills a stream of known length.</summary>
    internal static NpyArray Read(Stream stream, string name, long length)
    {
        NpyHeader header = NpyHeader.Read(stream, name);
        RequireLength(header, name, length);
        string shape = string.Join(", ", header.Shape);
        if (header.Count > Array.MaxLength)
            throw new InvalidInputException($"{name} of shape ({shape}) has more numbers than one array can hold ({Array.MaxLength}); save it in parts.");
        MemoryBudget.Require((header.IsFortranOrder ? 16.0 : 8.0) * header.Count, $"{name} of shape ({shape})", "use fewer samples");
        if (ElementBytes.IsFloating(header.Type))
        {
            var doubles = new double[header.Count];
            ElementBytes.ReadDoubles(stream, header.Type, header.IsBigEndian, doubles);
            return new NpyArray(header.Shape, InRowOrder(header, doubles));
        }
        var integers = new long[header.Count];
        ElementBytes.ReadIntegers(stream, header.Type, header.IsBigEndian, integers);
        return new NpyArray(header.Shape, InRowOrder(header, integers));
    }

    /// <summary>Reads an array of texts (U or S) from a .npy file, without the blanks that fill them up; null where it holds something else.</summary>
    /// <exception cref="InvalidInputException">The file is missing or damaged.</exception>
    public static string[]? ReadTexts(string path)
    {
        using FileStream file = InputFile.Open(path);
        return InputFile.Guard(path, () => ReadTexts(file, path, file.Length));
    }

    /// <summary>Reads an array of texts from a stream of known length; null where it holds something else.</summary>
    internal static string[]? ReadTexts(Stream stream, string name, long length)
    {
        if (NpyHeader.ReadOfTexts(stream, name) is not { } header) return null;
        long size = (long)header.Length * header.CharacterBytes;
        if (Math.Max(1, size) * header.Count > length)
            throw new InvalidInputException($"{name} is shorter than its header says; it is truncated or damaged; get the file again.");
        Encoding encoding = header.CharacterBytes == 1 ? Encoding.UTF8 : new UTF32Encoding(header.IsBigEndian, byteOrderMark: false);
        var texts = new string[header.Count];
        var bytes = new byte[size];
        for (int i = 0; i < texts.Length; i++)
        {
            stream.ReadExactly(bytes);
            texts[i] = encoding.GetString(bytes).TrimEnd('\0');
        }
        return texts;
    }

    /// <summary>Requires that an array fills its stream.</summary>
    internal static void RequireLength(NpyHeader header, string name, long length)
    {
        long expected = header.HeaderBytes + (header.Count * ElementBytes.Size(header.Type));
        if (length != expected)
            throw new InvalidInputException($"{name} has {length} bytes, expected {expected} for an array of shape ({string.Join(", ", header.Shape)}); it is "
                + "truncated or damaged; get the file again.");
    }

    /// <summary>Writes an array to a stream.</summary>
    internal static void Write(Stream stream, NpyArray array)
    {
        stream.Write(NpyHeader.ToBytes(array.IsInteger ? "<i8" : "<f8", array.Shape));
        long[] bits = array.IsInteger ? array.ToIntegers() : Array.ConvertAll(array.ToDoubles(), BitConverter.DoubleToInt64Bits);
        const int Block = 1 << 13;
        var bytes = new byte[sizeof(long) * Math.Min(Block, bits.Length)];
        for (int start = 0; start < bits.Length; start += Block)
        {
            int count = Math.Min(Block, bits.Length - start);
            for (int i = 0; i < count; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(long) * i), bits[start + i]);
            stream.Write(bytes.AsSpan(0, sizeof(long) * count));
        }
    }

    /// <summary>Reorders values whose first dimension is the fastest so that the last one is.</summary>
    private static T[] InRowOrder<T>(NpyHeader header, T[] values)
    {
        int[] shape = header.Shape;
        if (!header.IsFortranOrder || shape.Length < 2 || values.Length == 0) return values;
        var strides = new int[shape.Length];
        strides[0] = 1;
        for (int i = 1; i < shape.Length; i++) strides[i] = strides[i - 1] * shape[i - 1];
        var result = new T[values.Length];
        var index = new int[shape.Length];
        int source = 0;
        for (int target = 0; target < result.Length; target++)
        {
            result[target] = values[source];
            for (int i = shape.Length - 1; i >= 0; i--)
            {
                source += strides[i];
                if (++index[i] < shape[i]) break;
                source -= strides[i] * shape[i];
                index[i] = 0;
            }
        }
        return result;
    }
}
