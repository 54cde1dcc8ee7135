using System.Text;
using RankCollapse.Models.Compression;
using RankCollapse.Reporting.Compressions;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting;

/// <summary>
/// A compressed model as one HTML page that needs no network: accuracy, or error, against size with the size that was chosen, what became of each layer, and
/// how long both models take.
/// </summary>
public static class CompressedModelReport
{
    /// <summary>How many sizes the page is made for, see <see cref="CompressionOptions.PathPoints"/>.</summary>
    public const int Sizes = 14;

    /// <summary>Writes the page whole or not at all.</summary>
    /// <param name="report">The compression.</param>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(CompressionReport report, string path)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(path);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(CompressionPage.Build(report)));
    }
}
