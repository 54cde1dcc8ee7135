using RankCollapse.Experiments;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Training;

namespace RankCollapse.Tests.Experiments;

/// <summary>An experiment of three tiny trainings, of each of which something is recorded; it counts those that this process makes.</summary>
/// <param name="samples">N; one that does not fit the classes makes trainings fail.</param>
/// <param name="name">Its name.</param>
/// <param name="records">Whether something is recorded, which only this process can do.</param>
/// <param name="epochs">The most epochs of a training; more than the usual ones are all made.</param>
internal sealed class SmallExperiment(int samples = 24, string name = "small", bool records = true, long epochs = 100) : Experiment
{
    private static readonly double[] Lambdas = [1e-2, 3e-2, 1e-1];

    private int _trained;

    public int Trained => _trained;

    public override TrialRecording? Recording => records ? new("first-weights", _ => new Recorder(this)) : null;

    public override string Name => name;

    public override string Title => "Three small networks";

    public override string Source => "nowhere";

    public override string Claim => "Weights shrink with the penalty.";

    public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings) =>
        [.. Lambdas.Select(lambda => new FigureTraining($"lambda-{lambda}", Configuration(settings, lambda), ExpectedSeconds: 1))];

    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings) => new Dictionary<string, string> { ["data"] = "tiny" };

    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
    {
        var table = new DataTable(
            "A training.",
            new DataColumn("lambda", ColumnKind.Number, "λ"),
            new DataColumn("norm", ColumnKind.Number, "‖W_1‖"),
            new DataColumn("sum", ColumnKind.Number, "sum of all objectives on the way"),
            new DataColumn("features", ColumnKind.Number, "an entry of the last features of layer 1"));
        foreach (double lambda in Lambdas)
        {
            TrialResult result = results[$"lambda-{lambda}"];
            using SafetensorsFile? recording = Recording is { } kept ? result.OpenRecording(kept.Name) : null;
            table.Add(lambda, result.Summary.Layers[0].WeightNorm, result.Metrics.Where(metric => metric.Metric == "objective").Sum(metric => metric.Value),
                recording?.ReadMatrix("features")[0, 0] ?? double.NaN);
        }
        return new ExperimentOutcome
        {
            Tables = new Dictionary<string, DataTable> { ["norms"] = table },
            Verdicts = [new ClaimVerdict { Claim = Claim,
                AsStated = new Measurement("‖W_1‖", results["lambda-0.1"].Summary.Layers[0].WeightNorm, Comparison.AtMost, 10) }],
            Figures = [new Figure(
                "small", "small", "a line",
                new PanelBlock(new Panel { X = new Axis("penalty", "λ"), Y = new Axis("norm"),
                Series = [new Series("norm", Palette.Trained, Lambdas, Lambdas)] }))],
        };
    }

    private RunConfiguration Configuration(ReproductionSettings settings, double lambda) => new()
    {
        Data = "gaussian-mixture",
        Samples = samples,
        Classes = 3,
        Dimension = 6,
        Depth = 3,
        Width = [8],
        Convention = Convention.Mean,
        Lambda = lambda,
        Seed = settings.Seed,
        MaxEpochs = epochs,
        Solver = epochs == 100 ? new RunConfiguration().Solver : "adam",
        GradientTolerance = epochs == 100 ? new RunConfiguration().GradientTolerance : 0,
    };

    private sealed class Recorder(SmallExperiment experiment) : TrialRecorder
    {
        private Matrix? _features;

        public override void Step(TrainingState state, IReadOnlyList<Matrix> features) => _features = features[1].Copy();

        public override void Write(SafetensorsWriter writer)
        {
            Interlocked.Increment(ref experiment._trained);
            writer.Add("features", _features!);
        }
    }
}
