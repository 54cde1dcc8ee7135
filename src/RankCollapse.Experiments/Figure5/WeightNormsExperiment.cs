using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Experiments.Figure5;

/// <summary>Figure 5 (Appendix D.2): the norms of a residual network's weights over training, as the penalty on the first layer vanishes.</summary>
/// <remarks>
/// Besides the paper's trainings with λ' = λ there are stationary points at δ = 0 for smaller λ'/λ, from the centroid problem, because it is the
/// feature penalty and not δ that keeps the residual weights from 0.
/// </remarks>
internal sealed class WeightNormsExperiment : Experiment
{
    internal const int Depth = 6;
    private const int Classes = 10;
    private const double Lambda = 1e-5;
    private const double CentroidTolerance = 1e-4;
    private const int CentroidSteps = 200;

    // λ'/λ with a λ that keeps the data interpolated and the problem well conditioned.
    private static readonly (double Ratio, double Lambda)[] Ratios = [(1, 1e-2), (1e-1, 1e-2), (1e-2, 1e-1), (1e-3, 1e-1), (1e-4, 1), (1e-5, 1), (1e-6, 1)];

    /// <inheritdoc/>
    public override string Name => "fig5";

    /// <inheritdoc/>
    public override string Title => "Weight norms of a residual network during training";

    /// <inheritdoc/>
    public override string Source => "Figure 5, Appendix D.2";

    /// <inheritdoc/>
    public override string Claim =>
        "As δ → 0, the weights of all inner, residual layers tend to 0, while those of the first and the last layer, which are not residual, stay "
        + "(Theorem C.2, Remark C.3).";

    /// <inheritdoc/>
    public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        double expected = settings.IsQuick ? 1.5 : 12;
        return [.. Deltas(settings).Select(delta => new FigureTraining(DeltaKey(delta), Configuration(settings, delta), expected))];
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RunConfiguration configuration = Configuration(settings, 0);
        return new Dictionary<string, string>
        {
            ["data"] = $"MNIST, N = {configuration.Samples}, {Classes} classes",
            ["network"] = $"residual, L = {Depth} (layers 2 … 5 residual), widths {configuration.Width[0]}, tanh, identity output, no biases",
            ["objective"] = $"squared loss, convention sum, λ = λ' = {NumberText.Plain(Lambda)}; for the last panel λ'/λ from 1 to 10⁻⁶ at δ = 0",
            ["δ"] = string.Join(", ", Deltas(settings).Select(d => NumberText.Plain(d))),
            ["start"] = $"orthogonal, seed {settings.Seed}",
            ["solver"] = $"gauss-newton to a relative gradient of {NumberText.Plain(configuration.GradientTolerance)}; last panel: centroid problem to "
                + $"{NumberText.Plain(CentroidTolerance)}, lifted, N = 200",
        };
    }

    /// <inheritdoc/>
    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(results);
        List<NormTrajectory> trained = [.. Deltas(settings)
            .Select(delta => new NormTrajectory(delta, Trajectory.OfLayers(results[DeltaKey(delta)].Metrics, RankMetrics.WeightNorm.Key, Depth)))];
        StationaryWeightNorms[] stationary = Each(RatiosOf(settings), parallel, r => Stationary(r.Ratio, r.Lambda, settings.Seed));
        return new ExperimentOutcome
        {
            Tables = new Dictionary<string, DataTable>
            {
                ["weight-norms"] = TrajectoryTable(trained),
                ["weight-norms-without-feature-penalty"] = RatioTable(
                stationary)
            },
            Verdicts = WeightNormsVerdicts.Judge(trained, stationary),
            Notes = WeightNormsVerdicts.Notes(trained, stationary),
            Figures = [WeightNormsFigure.Draw(Title, trained, stationary)],
        };
    }

    /// <summary>The norms at the stationary point that the centroid problem gives for δ = 0; its gradient is taken in the full problem.</summary>
    private static StationaryWeightNorms Stationary(double ratio, double lambda, long seed)
    {
        RunConfiguration configuration =
            Configuration(new ReproductionSettings(IsQuick: false, seed), 0) with { Lambda = lambda, LambdaFeatures = lambda * ratio };
        DataSet data = DataSource.Load(configuration.ToDataRequest());
        var options = new CentroidForecastOptions
        {
            Seed = configuration.Seed,
            GradientTolerance = CentroidTolerance,
            MaxSteps = CentroidSteps,
            MaxOperations = double.PositiveInfinity
        };
        CentroidForecast forecast = CentroidForecast.Compute(
            configuration.ToSpecification(data.InputDimension, data.OutputDimension), data, configuration.ToObjectiveSettings(), options);
        return new StationaryWeightNorms(
            ratio, lambda, [.. Enumerable.Range(1, Depth).Select(l => ElementNorm(forecast.Lifted.Weights(l)))], forecast.LiftedGradient.Relative);
    }

    private static double ElementNorm(Matrix weights) => Math.Sqrt(Reduction.SumOfSquares(weights.AsSpan()));

    private static DataTable TrajectoryTable(IReadOnlyList<NormTrajectory> trained)
    {
        var table = new DataTable(
            "The norm of one layer's weights at one epoch of one training, λ' = λ = 1e-5.",
            new DataColumn("delta", ColumnKind.Number, "δ, the first layer's share of λ"),
            new DataColumn("epoch", ColumnKind.Whole, "solver iterations"),
            new DataColumn("layer", ColumnKind.Whole, "l = 1 … 6; layers 2 … 5 are residual"),
            new DataColumn("weight_norm", ColumnKind.Number, "‖W_l‖, Frobenius"));
        foreach (NormTrajectory t in trained)
        {
            for (int i = 0; i < t.Norms.Rows; i++)
            {
                for (int l = 1; l <= Depth; l++) table.Add(t.Delta, (long)t.Norms[i, 0], l, t.Norms[i, l]);
            }
        }
        return table;
    }

    private static DataTable RatioTable(IReadOnlyList<StationaryWeightNorms> stationary)
    {
        var table = new DataTable(
            "The norm of one layer's weights at a stationary point with δ = 0.",
            new DataColumn("ratio", ColumnKind.Number, "λ'/λ"),
            new DataColumn("lambda", ColumnKind.Number, "λ"),
            new DataColumn("layer", ColumnKind.Whole, "l = 1 … 6; layers 2 … 5 are residual"),
            new DataColumn("weight_norm", ColumnKind.Number, "‖W_l‖, Frobenius; W_1 is the least one with these features"),
            new DataColumn("relative_gradient", ColumnKind.Number, "relative gradient norm of the full problem"));
        foreach (StationaryWeightNorms s in stationary)
        {
            for (int l = 1; l <= Depth; l++) table.Add(s.Ratio, s.Lambda, l, s.Norms[l - 1], s.RelativeGradient);
        }
        return table;
    }

    private static double[] Deltas(ReproductionSettings settings) => settings.IsQuick ? [10, 1, 0.1, 0] : [10, 5, 2, 1, 0.5, 0.1, 0.01, 0];

    // The centroid problem is cheap, and small data would reach the end of tanh's range too early: its size does not depend on quick.
    private static (double Ratio, double Lambda)[] RatiosOf(ReproductionSettings settings) =>
        settings.IsQuick ? [.. Ratios.Where((_, i) => i % 2 == 0)] : Ratios;

    private static string DeltaKey(double delta) => $"delta-{FigureNumbers.Key(delta)}";

    private static RunConfiguration Configuration(ReproductionSettings settings, double delta) => new()
    {
        Architecture = Architecture.Residual,
        Depth = Depth,
        Samples = settings.IsQuick ? 100 : 200,
        Classes = Classes,
        Width = [settings.IsQuick ? 100 : 200],
        Lambda = Lambda,
        Delta = delta,
        Seed = settings.Seed,
        MaxEpochs = 400,
        GradientTolerance = 1e-3,
        RecordEvery = 1,
    };
}

/// <summary>The norms of the layers over a training.</summary>
/// <param name="Delta">δ.</param>
/// <param name="Norms">A row for each record: epoch, ‖W_1‖ … ‖W_L‖.</param>
internal sealed record NormTrajectory(double Delta, Matrix Norms)
{
    /// <summary>‖W_l‖ at the end.</summary>
    public double Final(int layer) => Norms[Norms.Rows - 1, layer];
}

/// <summary>The norms of the layers at a stationary point with δ = 0.</summary>
/// <param name="Ratio">λ'/λ.</param>
/// <param name="Lambda">λ.</param>
/// <param name="Norms">‖W_1‖ … ‖W_L‖.</param>
/// <param name="RelativeGradient">The relative gradient norm of the full problem.</param>
internal sealed record StationaryWeightNorms(double Ratio, double Lambda, IReadOnlyList<double> Norms, double RelativeGradient);
