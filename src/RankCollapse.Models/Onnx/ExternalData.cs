using System.Globalization;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Onnx;

/// <summary>The place of a tensor's numbers in a file beside the model, which keeps models above 2 GB.</summary>
/// <param name="Path">The file, inside the model's folder.</param>
/// <param name="Offset">Where the numbers begin.</param>
/// <param name="Length">How many bytes they have.</param>
internal sealed record ExternalData(string Path, long Offset, long Length)
{
    /// <summary>The place that a tensor names, checked against the file.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="bytes">How many bytes its shape and type need.</param>
    /// <exception cref="InvalidInputException">The location leads out of the folder, the file is missing or too short, or the sizes differ.</exception>
    public static ExternalData Of(string model, TensorProto tensor, long bytes)
    {
        string name = ErrorText.Printable(tensor.Name);
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in tensor.ExternalData)
        {
            if (!entries.TryAdd(entry.Key, entry.Value))
                throw new InvalidInputException($"{model}: tensor {name} names its {ErrorText.Printable(entry.Key)} twice; export the model again.");
        }
        if (!entries.TryGetValue("location", out string? location))
            throw new InvalidInputException($"{model}: tensor {name} lies in another file, but does not say in which; export the model again.");
        string path = NeighbourFile.Resolve(model, location);
        long size = new FileInfo(path).Length;
        long offset = Whole(entries, "offset", 0, model, name);
        long length = Whole(entries, "length", bytes, model, name);
        if (length != bytes)
            throw new InvalidInputException(
                $"{model}: tensor {name} has {length} bytes in {ErrorText.Printable(location)}, expected {bytes} for the shape "
                + $"{string.Join("×", tensor.Dims)}; export the model again.");
        if (offset > size || length > size - offset)
            throw new InvalidInputException(
                $"{model}: tensor {name} lies at bytes {offset} to {(Int128)offset + length} of {ErrorText.Printable(location)}, which has {size}; it is "
                + "truncated; get it again.");
        return new ExternalData(path, offset, length);
    }

    /// <summary>Reads the numbers.</summary>
    public void Read(ElementType type, Span<double> destination)
    {
        using FileStream file = InputFile.Open(Path);
        file.Position = Offset;
        ElementBytes.ReadDoubles(file, type, isBigEndian: false, destination);
    }

    private static long Whole(Dictionary<string, string> entries, string key, long missing, string model, string name)
    {
        if (!entries.TryGetValue(key, out string? text)) return missing;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new InvalidInputException(
                $"{model}: tensor {name} has the {key} '{ErrorText.Printable(text)}', expected a whole number; export the model again.");
    }
}
