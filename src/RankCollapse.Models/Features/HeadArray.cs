using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Features;

/// <summary>An array that is named on its own: a file with one array, or <c>FILE:NAME</c>.</summary>
internal static class HeadArray
{
    /// <summary>The array's name in its file; null where the file is meant as a whole.</summary>
    public static string? NameIn(string text) => Split(text).Name;

    /// <summary>Reads it.</summary>
    /// <param name="text">A file, or a file and a name.</param>
    /// <param name="setting">The setting that gives it, for errors.</param>
    /// <exception cref="InvalidInputException">There is no such array, or it has more than two dimensions.</exception>
    public static Matrix Read(string text, string setting)
    {
        (string path, string? name) = Split(text);
        using ModelTensors file = ArrayFile.Open(path);
        if (name is null && file.Tensors.Count != 1)
            throw new InvalidInputException($"{path} holds {file.Tensors.Count} arrays, expected one; say which as {Path.GetFileName(path)}:NAME.")
            { Settings = [setting] };
        Matrix read = file.ReadMatrix(name ?? file.Tensors[0].Name);
        foreach (double entry in read.AsSpan())
        {
            if (!double.IsFinite(entry)) throw new InvalidInputException($"{text} holds {entry}, expected finite numbers.") { Settings = [setting] };
        }
        return read;
    }

    private static (string Path, string? Name) Split(string text)
    {
        for (int at = text.IndexOf(':', StringComparison.Ordinal); at > 0 && !File.Exists(text); at = text.IndexOf(':', at + 1))
        {
            if (File.Exists(text[..at])) return (text[..at], text[(at + 1)..]);
        }
        return (text, null);
    }
}
