using RankCollapse.Reporting;
using RankCollapse.Reporting.Report;
using RankCollapse.Runs;
using Spectre.Console;

namespace RankCollapse.Cli.Output;

/// <summary>The final state of every layer as a table.</summary>
internal static class LayerTable
{
    /// <summary>Writes the table of a run's summary.</summary>
    public static void Write(IAnsiConsole console, RunMeasurements run)
    {
        Table table = Start("layer", "state", "TCV", "rank Z", "rank W", "tail energy W", "‖W‖", "off Thm 4.2");
        foreach (int l in run.Layers)
        {
            LayerSummary? layer = run.Summary(l);
            bool isMeasured = layer is { FeatureSingularValues.Count: > 0 };
            AddRow(
                table,
                $"{l}",
                Verdict.Word(run.State(l)),
                Numbers.Interval(layer?.TcvLower, layer?.TcvUpper),
                isMeasured ? $"{layer!.FeatureNumericalRank}" : Numbers.Short(null),
                isMeasured ? $"{layer!.WeightNumericalRank}" : Numbers.Short(null),
                Numbers.Short(layer?.WeightTailEnergy),
                Numbers.Short(layer?.WeightNorm),
                Numbers.PerCent(run.DeviationFromPrediction(l)));
        }
        console.Write(table);
    }

    /// <summary>A table with right-aligned columns after the first.</summary>
    public static Table Start(params string[] headings)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in headings)
        {
            var column = new TableColumn(new Text(heading)) { NoWrap = true };
            table.AddColumn(heading == headings[0] ? column : column.RightAligned());
        }
        return table;
    }

    /// <summary>Adds a row of plain text.</summary>
    public static void AddRow(Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell)));
}
