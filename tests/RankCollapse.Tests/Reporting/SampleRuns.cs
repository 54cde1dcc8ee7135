using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Reporting;

/// <summary>Runs of every kind that figures and reports must cope with.</summary>
internal static class SampleRuns
{
    public static IReadOnlyDictionary<string, Func<Run>> All { get; } = new Dictionary<string, Func<Run>>
    {
        ["collapsed"] = Collapsed,
        ["not collapsed"] = NotCollapsed,
        ["metrics missing"] = WithoutMetrics,
        ["values not finite"] = WithValuesNotFinite,
        ["diverged"] = Diverged,
        ["no labels"] = () => new SyntheticRun { HasLabels = false }.Build(),
        ["fifteen layers"] = () => new SyntheticRun { Depth = 15, Records = 6 }.Build(),
        ["one layer"] = () => new SyntheticRun { Depth = 1 }.Build(),
        ["two classes, four samples"] = () => new SyntheticRun { Classes = 2, PerClass = 2, Depth = 3, Width = 4 }.Build(),
        ["one class"] = () => new SyntheticRun { Classes = 1, PerClass = 3, Depth = 2, Width = 3 }.Build(),
        ["one unit"] = () => new SyntheticRun { Classes = 1, PerClass = 3, Depth = 3, Width = 1 }.Build(),
        ["twelve classes"] = () => new SyntheticRun { Classes = 12, PerClass = 3, Width = 14, Records = 4 }.Build(),
    };

    public static Run Collapsed() => new SyntheticRun().Build();

    public static Run NotCollapsed() => new SyntheticRun { Progress = 0.2 }.Build();

    public static Run WithoutMetrics()
    {
        Run run = Collapsed();
        return run with
        {
            Metrics = [],
            Summary = run.Summary with
            {
                Layers = [.. run.Summary.Layers.Select(
                    l => l with { TcvUpper = null, TcvLower = null, WcssOfClasses = null, PredictedFeatureSingularValues = null, WeightTailEnergy = null })],
                Reasons = new Dictionary<string, string> { ["layers[1].tcvUpper"] = "there are no classes" },
            },
        };
    }

    public static Run WithValuesNotFinite()
    {
        Run run = Collapsed();
        return run with
        {
            Metrics = [.. run.Metrics.Select((m, i) => i % 3 == 0 ? m with { Value = double.NaN } : i % 7 == 0
                ? m with { Value = double.PositiveInfinity } : m)],
            Summary = run.Summary with
            {
                GradientNorm = double.NaN,
                Layers = [.. run.Summary.Layers.Select(l => l.Layer == 2 ? l with { FeatureSingularValues = [double.NaN], TcvUpper = double.NaN } : l)]
            },
        };
    }

    public static Run Diverged()
    {
        Run run = Collapsed();
        Network broken = run.Trained.Copy();
        broken.Parameters.AsSpan().Fill(double.NaN);
        return run with
        {
            Trained = broken,
            Summary = run.Summary with
            {
                Status = TrainingStatus.Diverged,
                Objective = double.NaN,
                DataLoss = double.NaN,
                Layers = [.. run.Summary.Layers.Select(
                    l => l with { TcvUpper = null, TcvLower = null, WeightSingularValues = [], FeatureSingularValues = [],
                    PredictedFeatureSingularValues = null, WeightNumericalRank = 0, FeatureNumericalRank = 0, WeightNorm = double.NaN })],
            },
        };
    }
}
