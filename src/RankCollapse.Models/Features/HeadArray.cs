using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Features;

/// <summary>An array that is named on its own: a file with one array, <c>FILE:NAME</c>, or the name of an array of the features' first part.</summary>
internal sealed class HeadArray
{
    private readonly string _text;
    private readonly string _path;
    private readonly string _setting;

    /// <summary>Finds out where it is.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="setting">The setting that gives it, for errors.</param>
    /// <param name="part">The first part of the features.</param>
    public HeadArray(string text, string setting, string part)
    {
        (_text, _path, _setting) = (text, text, setting);
        if (File.Exists(text)) return;
        for (int at = text.IndexOf(':', StringComparison.Ordinal); at > 0; at = text.IndexOf(':', at + 1))
        {
            if (!File.Exists(text[..at])) continue;
            (_path, Name) = (text[..at], text[(at + 1)..]);
            return;
        }
        using ModelTensors file = ArrayFile.Open(part);
        if (file.Contains(text)) (_path, Name) = (part, text);
    }

    /// <summary>Its name in its file; null where the file is meant as a whole.</summary>
    public string? Name { get; }

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidInputException">There is no such array, or it has more than two dimensions.</exception>
    public Matrix Read()
    {
        using ModelTensors file = ArrayFile.Open(_path);
        if (Name is null && file.Tensors.Count != 1)
            throw new InvalidInputException($"{_path} holds {file.Tensors.Count} arrays, expected one; say which as {Path.GetFileName(_path)}:NAME.")
            { Settings = [_setting] };
        Matrix read = file.ReadMatrix(Name ?? file.Tensors[0].Name);
        foreach (double entry in read.AsSpan())
        {
            if (!double.IsFinite(entry)) throw new InvalidInputException($"{_text} holds {entry}, expected finite numbers.") { Settings = [_setting] };
        }
        return read;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;
}
