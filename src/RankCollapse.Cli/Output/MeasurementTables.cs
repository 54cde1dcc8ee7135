using RankCollapse.Cli.Commands;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>measure</c> found, as tables.</summary>
internal static class MeasurementTables
{
    /// <summary>Writes collapse, ranks, the prediction and NC1 to NC4.</summary>
    public static void Write(CommandEnvironment environment, MeasuredRun measured)
    {
        TextWriter output = environment.Output;
        int clusters = measured.ClusterCount ?? measured.Run.DataSet.OutputDimension;
        output.WriteLine($"{measured.Path}: {measured.Run.DataSet.Name}, {measured.Run.DataSet.SampleCount} samples, K = {clusters}");
        output.WriteLine();
        output.WriteLine("Collapse: TCV is the variation around the best K centres, 0 when each class is a point");
        var collapse = new TextTable("layer", "TCV", "WCSS of classes", "relative", "collapsed", "off block ZᵀZ", "off block σ⁻¹");
        foreach (LayerMetrics layer in measured.Layers)
        {
            collapse.Add(
                $"{layer.Summary.Layer}",
                Numbers.Interval(layer.Summary.TcvLower, layer.Summary.TcvUpper),
                Numbers.Short(layer.Summary.WcssOfClasses),
                Numbers.Short(layer.NeuralCollapse1?.RelativeVariation),
                layer.NeuralCollapse1 is { } verdict ? (verdict.IsSatisfied ? "yes" : "no") : Numbers.Short(null),
                Numbers.Short(layer.BlockStructure?.RelativeDeviation),
                Numbers.Short(layer.PreimageBlockStructure?.RelativeDeviation));
        }
        collapse.Write(output);

        output.WriteLine($"Rank: numerical (singular values above {Numbers.Short(measured.Tolerance)} of the largest), stable, effective; tail energy beyond {clusters}");
        var ranks = new TextTable("layer", "rank Z", "stable Z", "effective Z", "‖Z‖", "‖Z‖₂", "rank W", "stable W", "effective W", "‖W‖", "‖W‖₂", "tail W");
        foreach (LayerMetrics layer in measured.Layers)
        {
            SpectralSummary z = layer.Features, w = layer.Weights;
            ranks.Add(
                $"{layer.Summary.Layer}",
                $"{z.NumericalRank(measured.Tolerance)}", Numbers.Short(z.StableRank), Numbers.Short(z.EffectiveRank), Numbers.Short(z.FrobeniusNorm), Numbers.Short(z.SpectralNorm),
                $"{w.NumericalRank(measured.Tolerance)}", Numbers.Short(w.StableRank), Numbers.Short(w.EffectiveRank), Numbers.Short(w.FrobeniusNorm), Numbers.Short(w.SpectralNorm),
                Numbers.Short(layer.Summary.WeightTailEnergy));
        }
        ranks.Write(output);
        WritePrediction(output, measured.Layers);
        WriteLastLayer(output, measured);
    }

    private static void WritePrediction(TextWriter output, IReadOnlyList<LayerMetrics> layers)
    {
        if (layers.All(layer => layer.Prediction.Values is null)) return;
        output.WriteLine($"{layers[0].Prediction.Source}: singular values of Z predicted from the next layer");
        var table = new TextTable("layer", "off (C = 1)", "fitted C", "off (fitted C)", "increment");
        foreach (PredictedSingularValues prediction in layers.Select(layer => layer.Prediction))
        {
            table.Add(
                $"{prediction.Layer}",
                Numbers.PerCent(prediction.RelativeDistance),
                Numbers.Short(prediction.FittedRootOfC * prediction.FittedRootOfC),
                Numbers.PerCent(prediction.FittedRelativeDistance),
                Numbers.Short(prediction.RelativeIncrement));
        }
        table.Write(output);
        string[] unmet = [.. layers.SelectMany(layer => layer.Prediction.UnmetHypotheses).Distinct()];
        if (unmet.Length > 0) output.WriteLine($"The theorem also asks that {string.Join("; ", unmet)}.{Environment.NewLine}");
    }

    private static void WriteLastLayer(TextWriter output, MeasuredRun measured)
    {
        if (measured.LastLayer is not { } last)
        {
            output.WriteLine($"NC1 to NC4 do not exist: {measured.Reason}");
            return;
        }
        output.WriteLine("Neural collapse at the last hidden layer; each is 0 at full collapse");
        var table = new TextTable("property", "value");
        table.Add("NC1 tr(Σ_W Σ_B⁺)/K", Numbers.Short(last.WithinClassVariability));
        table.Add("NC2 inequality of norms", Numbers.Short(last.NormInequality));
        table.Add("NC2 deviation of angles", Numbers.Short(last.AngleDeviation));
        table.Add("NC2 distance from a simplex", Numbers.Short(last.SimplexDeviation));
        table.Add("NC2 distance from an orthogonal frame, means not centred", Numbers.Short(last.OrthogonalFrameDeviation));
        table.Add("NC3 distance of W from the centred means", Numbers.Short(last.SelfDualityDeviation));
        table.Add("NC3 distance of W from the means", Numbers.Short(last.UncentredSelfDualityDeviation));
        table.Add("NC4 disagreement with the nearest mean", Numbers.Short(last.NearestMeanDisagreement));
        table.Write(output);
    }
}
