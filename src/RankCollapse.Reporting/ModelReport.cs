using System.Text;
using RankCollapse.Models;
using RankCollapse.Models.Comparison;
using RankCollapse.Reporting.Inspections;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting;

/// <summary>
/// An inspected model as one HTML page that needs no network: what stands out, a sortable table, spectra of every layer, and what each column means.
/// </summary>
public static class ModelReport
{
    /// <summary>Writes the page whole or not at all.</summary>
    /// <param name="inspection">The inspection, with features where they were measured.</param>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(Inspection inspection, string path)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(path);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(InspectionPage.Build(inspection)));
    }

    /// <summary>Writes what changed between a model and its base: where, in how many directions, and in which.</summary>
    /// <param name="change">The comparison.</param>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(ModelChange change, string path)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(path);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(ChangePage.Build(change)));
    }
}
