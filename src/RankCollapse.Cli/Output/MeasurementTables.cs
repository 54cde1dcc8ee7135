using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>measure</c> found, as a table for each topic.</summary>
internal static class MeasurementTables
{
    /// <summary>The metrics of the last hidden layer.</summary>
    public static IEnumerable<Metric> OfLastHiddenLayer => MetricTable.Of(MetricScopes.Features).Where(metric => metric.Topic == MetricTopic.NeuralCollapse);

    /// <summary>Writes collapse, ranks, the prediction and NC1 to NC4.</summary>
    public static void Write(CommandEnvironment environment, MeasuredRun measured)
    {
        TextWriter output = environment.Output;
        int clusters = measured.ClusterCount ?? measured.Run.DataSet.OutputDimension;
        output.WriteLine($"{ErrorText.Printable(measured.Path)}: {measured.Run.DataSet.Name}, {NumberText.Count(measured.Run.DataSet.SampleCount, "sample")}, "
            + $"K = {clusters}");
        output.WriteLine();
        foreach (IGrouping<MetricTopic, Metric> topic in MetricTable.Of(MetricScopes.Layers).GroupBy(metric => metric.Topic))
        {
            Metric[] metrics = [.. topic.Where(metric => measured.Layers.Any(layer => layer.Summary.Number(metric) is not null))];
            if (metrics.Length == 0) continue;
            output.WriteLine(Title(topic.Key, measured, clusters));
            bool isJudged = topic.Key == MetricTopic.Collapse;
            var table = new TextTable(["layer", .. isJudged ? ["collapsed"] : Array.Empty<Column>(), .. MetricColumns.Of(metrics, MetricScopes.Layers)]);
            foreach (MeasuredLayer layer in measured.Layers)
            {
                string[] verdict = isJudged ? [LayerTable.Word(layer.Verdict?.State ?? CollapseState.Unknown)] : [];
                table.Add([$"{layer.Layer}", .. verdict, .. metrics.Select(metric => Numbers.Of(metric, layer.Summary.Number(metric)))]);
            }
            table.Write(output);
        }
        string[] unmet = [.. measured.Layers.SelectMany(layer => layer.Prediction.UnmetHypotheses).Distinct()];
        if (unmet.Length > 0) output.WriteLine($"The theorem also asks that {string.Join("; ", unmet)}.{Environment.NewLine}");
        WriteLastLayer(output, measured);
        measured.Classes.Write(output);
        measured.Representation?.Write(output);
        if (measured.Partition.Count == 0) return;
        output.WriteLine("The partition that was given");
        var given = new TextTable("layer", "WCSS", "centroid loss (8)");
        foreach (PartitionLayer layer in measured.Partition) given.Add($"{layer.Layer}", Numbers.Short(layer.Wcss, 6), Numbers.Short(layer.CentroidLoss, 6));
        given.Write(output);
    }

    private static string Title(MetricTopic topic, MeasuredRun measured, int clusters) => topic switch
    {
        MetricTopic.Collapse => "Collapse: TCV is the variation around the best K centres, 0 when each class is a point",
        MetricTopic.Rank =>
            $"Rank: numerical (singular values above {Numbers.Short(measured.Tolerance)} of the largest), stable, effective; tail energy beyond {clusters}",
        MetricTopic.Prediction => $"{measured.Layers[0].Prediction.Source}: singular values of Z predicted from the next layer",
        MetricTopic.Test => "Test data: nearest class means of the training features, and the variation of the test features",
        _ => $"{topic}",
    };

    private static void WriteLastLayer(TextWriter output, MeasuredRun measured)
    {
        if (measured.LastLayer is not { } last)
        {
            output.WriteLine($"NC1 to NC4 do not exist: {measured.Reason}");
            return;
        }
        output.WriteLine("Neural collapse at the last hidden layer; each NC is 0 at full collapse");
        var table = new TextTable("property", new Column("", 1) { IsText = true }, "value");
        foreach (Metric metric in OfLastHiddenLayer)
        {
            if (metric.OfFeatures!(last).Number is { } number)
                table.Add(metric.Heading, metric.Symbol == metric.Heading ? "" : metric.Symbol, Numbers.Of(metric, number));
        }
        table.Write(output);
    }
}
