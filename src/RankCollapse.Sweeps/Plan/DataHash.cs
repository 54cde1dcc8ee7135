using RankCollapse.Data;
using RankCollapse.Formats;

namespace RankCollapse.Sweeps.Plan;

/// <summary>The hash of what a data file holds, which is a part of its trials' identity.</summary>
internal static class DataHash
{
    /// <summary>The hash, with that of the labels where they are in another file.</summary>
    /// <exception cref="InvalidInputException">There is no such file.</exception>
    public static string Of(string path)
    {
        string name = Path.GetFileName(path);
        bool hasLabels = name.Contains("images-idx3") || name.Contains("images.idx3");
        return hasLabels ? $"{OfFile(path)}+{OfFile(IdxImages.LabelsPathOf(path))}" : OfFile(path);
    }

    private static string OfFile(string path)
    {
        using FileStream stream = InputFile.Open(path);
        return InputFile.Guard(path, () => Sha256.Hex(stream));
    }
}
