using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Results;

/// <summary>The columns of the results tables: settings, and what <see cref="MetricTable"/> says that summaries hold.</summary>
internal sealed class ResultColumns
{
    private const string Width = "width";

    private static ResultColumns _current = new();

    private readonly Metric[] _metrics = [.. MetricTable.All];

    private ResultColumns()
    {
        Settings =
        [
            new(RunConfiguration.VersionName, ResultColumn.Text),
            .. RunSettings.All.SelectMany(s =>
                s.JsonName == Width ? [new(Width, ResultColumn.Whole), new("widths", ResultColumn.Wholes)] : ResultColumn.Of(s.JsonName, s.Type)),
        ];
        Summary =
        [
            .. new[] { Arithmetic.JsonName, "status", "convention" }.Select(name => new ResultColumn(name, ResultColumn.Text)), .. Of(MetricScopes.Network),
        ];
        Layer =
        [
            new("layer", ResultColumn.Whole), .. Of(MetricScopes.Layers), new("weightSingularValues", ResultColumn.Reals),
                new("featureSingularValues", ResultColumn.Reals),
            new(LayerSummary.PredictionField, ResultColumn.Reals),
        ];
        SettingsByName = Index(Settings);
        SummaryByName = Index(Summary);
        LayerByName = Index(Layer);
    }

    /// <summary>The columns for the metrics that there are now.</summary>
    public static ResultColumns Current
    {
        get
        {
            ResultColumns current = _current;
            return MetricTable.All.SequenceEqual(current._metrics) ? current : _current = new ResultColumns();
        }
    }

    /// <summary>The settings of <c>config.json</c>; <c>width</c> is a number where all hidden layers have the same, <c>widths</c> always the list.</summary>
    public IReadOnlyList<ResultColumn> Settings { get; }

    /// <summary>What <c>summary.json</c> says of the whole network.</summary>
    public IReadOnlyList<ResultColumn> Summary { get; }

    /// <summary>What <c>summary.json</c> says of each layer.</summary>
    public IReadOnlyList<ResultColumn> Layer { get; }

    /// <summary>The settings' columns that a property of a file fills, with their places.</summary>
    public ILookup<string, (int Index, ResultColumn Column)> SettingsByName { get; }

    /// <summary>The summary's columns by their property.</summary>
    public ILookup<string, (int Index, ResultColumn Column)> SummaryByName { get; }

    /// <summary>The layers' columns by their property.</summary>
    public ILookup<string, (int Index, ResultColumn Column)> LayerByName { get; }

    private static IEnumerable<ResultColumn> Of(MetricScopes scope) =>
        MetricTable.Of(scope).Select(metric => new ResultColumn(metric.Key, metric.Format == MetricFormat.Count ? ResultColumn.Whole : ResultColumn.Real));

    private static ILookup<string, (int Index, ResultColumn Column)> Index(IReadOnlyList<ResultColumn> columns) =>
        columns.Select((column, index) => (Index: index, Column: column))
            .ToLookup(pair => pair.Column.Name == "widths" ? Width : pair.Column.Name, StringComparer.Ordinal);
}
