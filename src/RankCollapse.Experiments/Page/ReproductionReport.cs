using System.Text;
using RankCollapse.Formats;

namespace RankCollapse.Experiments.Page;

/// <summary>All figures of a folder as one HTML page that needs no network: what the paper claims, what was measured, pictures, charts and data.</summary>
public static class ReproductionReport
{
    /// <summary>The page's file name in the folder of a reproduction.</summary>
    public const string FileName = "report.html";

    private const long LargestPicture = 1L << 26;

    /// <summary>Writes the page of all figures that the folder holds, whole or not at all.</summary>
    /// <param name="folder">The folder of a reproduction, with a folder for each figure.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="InvalidInputException">There is no figure, a file of one is damaged, or the page cannot be written.</exception>
    public static string Write(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        FigureResult[] figures = [.. FiguresOf(folder)];
        if (figures.Length == 0) throw new InvalidInputException($"{folder} holds no reproduced figure; reproduce some into it first.");
        string path = Path.Combine(folder, FileName);
        string page = ReproductionPage.Build(figures, (figure, picture) =>
            Encoding.UTF8.GetString(InputFile.ReadSmall(Path.Combine(folder, figure.Name, picture.Name + ".svg"), LargestPicture)));
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(page));
        return path;
    }

    private static IEnumerable<FigureResult> FiguresOf(string folder)
    {
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateDirectories(folder)
            .Where(inner => File.Exists(Path.Combine(inner, FigureResult.FileName)))
            .OrderBy(inner => inner, StringComparer.Ordinal)
            .Select(FigureResult.Read);
    }
}
