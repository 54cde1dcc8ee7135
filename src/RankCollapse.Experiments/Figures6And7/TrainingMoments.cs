using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>Six moments of a training: its start, the times at which the mean TCV of the hidden layers has fallen to given shares of its start, and its end.</summary>
internal sealed class TrainingMoments
{
    private const string MomentsName = "moments";
    private const string DeviationsName = "block-deviations";
    private const string SpreadsName = "plane-spreads";

    /// <summary>The shares: while the eye can tell features from collapsed ones, TCV falls by about three decades.</summary>
    private static readonly double[] Shares = [0.2, 0.05, 0.02, 0.001];

    private TrainingMoments(IReadOnlyList<FeatureSnapshot> all) => All = all;

    /// <summary>The moments, in order of time.</summary>
    public IReadOnlyList<FeatureSnapshot> All { get; }

    /// <summary>The number of moments.</summary>
    public static int Count => Shares.Length + 2;

    /// <summary>Adds a snapshot to those of earlier records; after the last share only as many are kept as there are moments, the latest among them.</summary>
    public static void Keep(List<FeatureSnapshot> snapshots, FeatureSnapshot next)
    {
        if (snapshots.Count > Count && snapshots[^Count].MeanTcv <= Shares[^1] * snapshots[0].MeanTcv) snapshots.RemoveAt(snapshots.Count - 1);
        snapshots.Add(next);
    }

    /// <summary>Chooses the moments among snapshots of all records; each one is later than the one before.</summary>
    /// <exception cref="ComputationFailedException">There are fewer records than moments.</exception>
    public static TrainingMoments Choose(IReadOnlyList<FeatureSnapshot> snapshots)
    {
        if (snapshots.Count < Count) throw new ComputationFailedException($"The training has {snapshots.Count} records, fewer than the {Count} moments that the figure shows.");
        var chosen = new List<int> { 0 };
        foreach (double share in Shares)
        {
            // The latest index that leaves room for the moments that follow.
            int latest = snapshots.Count - 1 - (Count - 1 - chosen.Count);
            int next = chosen[^1] + 1;
            while (next < latest && !(snapshots[next].MeanTcv <= share * snapshots[0].MeanTcv)) next++;
            chosen.Add(next);
        }
        chosen.Add(snapshots.Count - 1);
        return new([.. chosen.Select(i => snapshots[i])]);
    }

    /// <summary>Reads the moments of a cell.</summary>
    public static TrainingMoments Of(CellResult cell)
    {
        Matrix table = cell.Matrices[MomentsName], deviations = cell.Matrices[DeviationsName], spreads = cell.Matrices[SpreadsName];
        int layers = deviations.Columns;
        return new([.. Enumerable.Range(0, table.Rows).Select(m => new FeatureSnapshot(
            (long)table[m, 0],
            table[m, 1],
            table[m, 2],
            [.. Enumerable.Range(0, layers).Select(l => cell.Matrices[Name("gram", m, l)])],
            [.. Enumerable.Range(0, layers).Select(l => cell.Matrices[Name("plane", m, l)])],
            deviations.Row(m).ToArray(),
            spreads.Row(m).ToArray()))]);
    }

    /// <summary>Adds the moments to a cell's result.</summary>
    public CellResult AddTo(CellResult cell)
    {
        int layers = All[0].Grams.Count;
        cell.Add(MomentsName, Matrix.FromEntries(All.Count, 3, (m, j) => j == 0 ? All[m].Epoch : j == 1 ? All[m].Objective : All[m].MeanTcv));
        cell.Add(DeviationsName, Matrix.FromEntries(All.Count, layers, (m, l) => All[m].Deviations[l]));
        cell.Add(SpreadsName, Matrix.FromEntries(All.Count, layers, (m, l) => All[m].Spreads[l]));
        for (int m = 0; m < All.Count; m++)
        {
            for (int l = 0; l < layers; l++) cell.Add(Name("gram", m, l), All[m].Grams[l]).Add(Name("plane", m, l), All[m].Planes[l]);
        }
        return cell;
    }

    /// <summary>A figure with a block for each moment and a panel for each layer, the data first.</summary>
    /// <param name="name">The figure's name.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="reading">How to read it.</param>
    /// <param name="panel">The panel of a moment and a layer; its title is set here.</param>
    public Figure ToFigure(string name, string title, string reading, Func<FeatureSnapshot, int, Panel> panel) =>
        new(name, title, reading, [.. All.Select((moment, m) => new PanelBlock([.. Enumerable.Range(0, moment.Grams.Count).Select(l => panel(moment, l) with { Title = l == 0 ? "data X" : $"layer {l}" })])
        {
            Heading = m == 0 ? "start" : m == All.Count - 1 ? $"end, iteration {moment.Epoch}" : $"iteration {moment.Epoch}",
            Detail = $"J = {NumberText.Short(moment.Objective)}, mean TCV {NumberText.Short(moment.MeanTcv, 2)}",
        })])
        {
            IsByMoment = true,
        };

    private static string Name(string kind, int moment, int layer) => FormattableString.Invariant($"{kind}-{moment}-{layer:00}");
}
