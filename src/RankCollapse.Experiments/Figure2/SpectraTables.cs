namespace RankCollapse.Experiments.Figure2;

/// <summary>The data of Figures 2 and 4.</summary>
internal static class SpectraTables
{
    /// <summary>The tables by name.</summary>
    public static IReadOnlyDictionary<string, DataTable> Of(SpectraData data) => new Dictionary<string, DataTable>
    {
        ["singular-values"] = SingularValues(data),
        ["constants"] = Constants(data),
        ["first-order"] = FirstOrder(data),
    };

    private static DataTable SingularValues(SpectraData data)
    {
        var table = new DataTable(
            "One singular value of one layer's features, the 2K largest; an empty number does not exist.",
            [.. Setting(), new DataColumn("layer", ColumnKind.Whole, "l"), new DataColumn("index", ColumnKind.Whole, "i, from 1"),
                new DataColumn("trained", ColumnKind.Number, "s_i(Z^l) of the trained network"),
                new DataColumn("theorem_4_2", ColumnKind.Number, "s_i(σ^{-1}(Z^{l+1})), Theorem 4.2 from the next trained layer with C = 1"),
                new DataColumn("recursion", ColumnKind.Number, "s_i(Z^l) by the penalised recursion"),
                new DataColumn("centroid", ColumnKind.Number, "s_i(Z^l) by the centroid problem"),
                new DataColumn("weight", ColumnKind.Number, "s_i(W_l)")]);
        foreach (LayerSpectra s in data.Spectra)
        {
            for (int l = 1; l <= LayerSpectra.Depth; l++)
            {
                double[] trained = s.Trained(l), predicted = s.Predicted(l), recursion = s.Recursion(l), centroid = s.Centroid(l), weights = s.Weights(l);
                for (int i = 0; i < Math.Min(2 * LayerSpectra.Classes, trained.Length); i++)
                    table.Add(s.Family.Title, EnumNames.Of(s.Family.Convention), s.Family.Lambda, s.Family.Ratio, s.Delta, l, i + 1, At(trained, i),
                        At(predicted, i), At(recursion, i), At(centroid, i), At(weights, i));
            }
        }
        return table;
    }

    private static DataTable Constants(SpectraData data)
    {
        var table = new DataTable(
            "One intermediate layer of one trained network, held against Theorem 4.2.",
            [.. Setting(), new DataColumn("layer", ColumnKind.Whole, "l"),
                new DataColumn("root_of_c", ColumnKind.Number, "√C by least squares over the K largest"),
                new DataColumn("distance_from_theorem", ColumnKind.Number, "‖s − p‖/‖p‖ over the K largest, C = 1"),
                new DataColumn("distance_from_recursion", ColumnKind.Number, "the same against the penalised recursion"),
                new DataColumn("distance_from_centroid", ColumnKind.Number, "the same against the centroid problem"),
                new DataColumn("rank", ColumnKind.Whole, "numerical rank of Z^l at 1e-5"),
                new DataColumn("relative_gradient", ColumnKind.Number, "relative gradient norm of the network"),
                new DataColumn("data_loss", ColumnKind.Number, "½‖f(X) − Y‖²")]);
        foreach (LayerSpectra s in data.Spectra)
        {
            foreach (int l in LayerSpectra.Intermediate)
            {
                table.Add(s.Family.Title, EnumNames.Of(s.Family.Convention), s.Family.Lambda, s.Family.Ratio, s.Delta, l, s.RootOfC(l),
                    s.DistanceFromPrediction(l),
                    FigureNumbers.RelativeDistance(s.Trained(l), s.Recursion(l), LayerSpectra.Classes),
                        FigureNumbers.RelativeDistance(s.Trained(l), s.Centroid(l), LayerSpectra.Classes),
                    s.Rank(l), s.Summary.RelativeGradientNorm, s.Summary.DataLoss);
            }
        }
        return table;
    }

    private static DataTable FirstOrder(SpectraData data)
    {
        int layers = LayerSpectra.Depth - 1;
        var table = new DataTable(
            "One intermediate layer at one epoch of the first-order training.",
            new DataColumn("epoch", ColumnKind.Whole, "epochs"),
            new DataColumn("layer", ColumnKind.Whole, "l"),
            new DataColumn("root_of_c", ColumnKind.Number, "√C by least squares over the K largest"),
            new DataColumn("distance_from_theorem", ColumnKind.Number, "‖s − p‖/‖p‖ over the K largest, C = 1"),
            new DataColumn("objective", ColumnKind.Number, "J"),
            new DataColumn("data_loss", ColumnKind.Number, "½‖f(X) − Y‖²"));
        for (int i = 0; i < data.FirstOrder.Rows; i++)
        {
            foreach (int l in LayerSpectra.Intermediate)
                table.Add((long)data.FirstOrder[i, 0], l, data.FirstOrder[i, l], data.FirstOrder[i, layers + l], data.FirstOrder[i, (2 * layers) + 1],
                    data.FirstOrder[i, (2 * layers) + 2]);
        }
        return table;
    }

    private static DataColumn[] Setting() =>
    [
        new("penalties", ColumnKind.Text, "the family of trainings"),
        new("convention", ColumnKind.Text, "sum or mean"),
        new("lambda", ColumnKind.Number, "λ"),
        new("ratio", ColumnKind.Number, "λ'/λ in that convention"),
        new("delta", ColumnKind.Number, "δ"),
    ];

    private static double At(double[] values, int index) => index < values.Length ? values[index] : double.NaN;
}
