using RankCollapse.Experiments.Figure3;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>The data of Figures 6 and 7.</summary>
internal static class FeatureEvolutionTables
{
    /// <summary>The tables by file name.</summary>
    public static IReadOnlyDictionary<string, DataTable> Of(TrainingMoments moments, CollapseLog log, int[] labels) => new Dictionary<string, DataTable>
    {
        ["block-structure"] = Deviations(moments),
        ["inner-products"] = InnerProducts(moments),
        ["planes"] = Planes(moments, labels),
        ["trajectory"] = Trajectory(log),
    };

    private static DataTable Deviations(TrainingMoments moments)
    {
        var table = new DataTable(
            "One layer at one moment.",
            Moment,
            Epoch,
            new DataColumn("objective", ColumnKind.Number, "J"),
            Layer,
            new DataColumn("block_deviation", ColumnKind.Number, "relative distance of the Gram matrix from block structure (Proposition D.1)"),
            new DataColumn("plane_spread", ColumnKind.Number, "largest distance of a projected sample from its class's mean over the largest from 0"));
        ForEach(moments, (m, moment, l) => table.Add(m + 1, moment.Epoch, moment.Objective, l, moment.Deviations[l], moment.Spreads[l]));
        return table;
    }

    private static DataTable InnerProducts(TrainingMoments moments)
    {
        var table = new DataTable(
            "The inner product of two pictured samples in one layer at one moment; each pair once.",
            Moment,
            Layer,
            new DataColumn("row", ColumnKind.Whole, "number of the sample among the pictured ones, sorted by class, from 0"),
            new DataColumn("column", ColumnKind.Whole, "number of the other sample, at least row"),
            new DataColumn("inner_product", ColumnKind.Number, "entry of the Gram matrix"));
        ForEach(moments, (m, moment, l) =>
        {
            Matrix gram = moment.Grams[l];
            for (int i = 0; i < gram.Rows; i++)
            {
                for (int j = i; j < gram.Columns; j++) table.Add(m + 1, l, i, j, gram[i, j]);
            }
        });
        return table;
    }

    private static DataTable Planes(TrainingMoments moments, int[] labels)
    {
        var table = new DataTable(
            "One sample in the random plane of one layer at one moment.",
            Moment,
            Layer,
            new DataColumn("sample", ColumnKind.Whole, "number of the sample, from 0"),
            new DataColumn("class", ColumnKind.Whole, "its class"),
            new DataColumn("x", ColumnKind.Number, "first coordinate of B^l z"),
            new DataColumn("y", ColumnKind.Number, "second coordinate"));
        ForEach(moments, (m, moment, l) =>
        {
            Matrix plane = moment.Planes[l];
            for (int i = 0; i < plane.Columns; i++) table.Add(m + 1, l, i, labels[i], plane[0, i], plane[1, i]);
        });
        return table;
    }

    private static DataTable Trajectory(CollapseLog log)
    {
        var table = new DataTable(
            "One layer at one iteration.",
            Epoch,
            new DataColumn("objective", ColumnKind.Number, "J"),
            Layer,
            new DataColumn("tcv", ColumnKind.Number, "TCV_{K,l}, the best partition found"),
            new DataColumn("rank", ColumnKind.Whole, "numerical rank of Z^l at 1e-5"));
        double[] epochs = log.Epochs, losses = log.Losses;
        for (int l = 1; l <= log.Depth; l++)
        {
            double[] tcv = log.Tcv(l), ranks = log.Ranks(l);
            for (int i = 0; i < epochs.Length; i++) table.Add((long)epochs[i], losses[i], l, tcv[i], (long)ranks[i]);
        }
        return table;
    }

    private static DataColumn Moment => new("moment", ColumnKind.Whole, "1 (start) … 6 (end)");

    private static DataColumn Epoch => new("epoch", ColumnKind.Whole, "iterations of the solver");

    private static DataColumn Layer => new("layer", ColumnKind.Whole, "0 (the data) … L (the outputs)");

    private static void ForEach(TrainingMoments moments, Action<int, FeatureSnapshot, int> act)
    {
        for (int m = 0; m < moments.All.Count; m++)
        {
            for (int l = 0; l < moments.All[m].Grams.Count; l++) act(m, moments.All[m], l);
        }
    }
}
