using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Cli.Output;

/// <summary>The classes of a run, and which of them unconstrained features lose.</summary>
/// <param name="Classes">The classes; empty where there are none.</param>
/// <param name="LostClassSize">The size up to which unconstrained features lose a class; null where it is not known.</param>
internal sealed record ClassOutput(IReadOnlyList<MeasuredClass> Classes, double? LostClassSize)
{
    /// <summary>A class mean of less than this part of the largest is lost.</summary>
    private const double LostBelow = 1e-3;

    /// <summary>The JSON object of a class.</summary>
    public static JsonShape<MeasuredClass> Shape => new JsonShape<MeasuredClass>()
        .Whole("class", one => one.Class)
        .Metrics(MetricScopes.Classes, (one, metric) => metric.OfClass!(one).Number);

    /// <summary>Measures a run.</summary>
    public static ClassOutput Of(Run run)
    {
        NetworkSpecification shape = run.Trained.Specification;
        IReadOnlyList<MeasuredClass> classes = CollapseMeasurement.Classes(run.Trained, run.DataSet);
        double? lost = FreeFeatureForecast.LostClassSize(shape, run.Configuration.ToObjectiveSettings(), run.DataSet.SampleCount);
        return new ClassOutput(classes, classes.Count > 0 ? lost : null);
    }

    /// <summary>Writes the classes as a table, the threshold of minority collapse beside what was measured.</summary>
    public void Write(TextWriter output)
    {
        if (Classes.Count == 0) return;
        output.WriteLine("Classes at the last hidden layer");
        var metrics = MetricTable.Of(MetricScopes.Classes);
        var table = new TextTable(["class", .. MetricColumns.Of(metrics, MetricScopes.Classes)]);
        foreach (MeasuredClass one in Classes)
            table.Add([$"{one.Class}", .. metrics.Select(metric => Numbers.Of(metric, metric.OfClass!(one).Number))]);
        table.Write(output);
        if (LostClassSize is not { } size) return;
        double largest = Classes.Max(one => one.MeanNorm);
        string found = Named(Classes.Where(one => one.MeanNorm <= LostBelow * largest)), foreseen = Named(Classes.Where(one => one.SampleCount <= size));
        output.WriteLine($"Unconstrained features with these penalties lose classes of at most {Numbers.Short(size)} samples: {foreseen}; lost here: {found}.");
    }

    private static string Named(IEnumerable<MeasuredClass> classes) => string.Join(", ", classes.Select(one => one.Class)) is { Length: > 0 } names
        ? names : "none";
}
