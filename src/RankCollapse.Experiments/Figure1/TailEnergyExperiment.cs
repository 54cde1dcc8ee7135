using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Figure1;

/// <summary>Figure 1 (Section 5.1): how far trained weights are from rank K, over a grid of weight decays λ and spreads σ of a Gaussian mixture.</summary>
internal sealed class TailEnergyExperiment : Experiment
{
    internal const int Depth = 4;
    internal const int Classes = 10;
    private const double SmallestLambda = 1e-5;
    private const double LargestLambda = 1e-2;
    private const double SmallestSigma = 1e-3;
    private const double LargestSigma = 1;

    /// <inheritdoc/>
    public override string Name => "fig1";

    /// <inheritdoc/>
    public override string Title => "Distance of trained weights from rank K";

    /// <inheritdoc/>
    public override string Source => "Figure 1, Section 5.1";

    /// <inheritdoc/>
    public override string Claim =>
        "For every weight decay λ all weight matrices have essentially rank K when the spread σ of the classes is small enough; their distance from rank "
        + "K falls as λ grows (Theorem 3.4).";

    /// <inheritdoc/>
    public override KeptFiles Keep => KeptFiles.Summary;

    /// <inheritdoc/>
    public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            .. from sigma in Sigmas(settings)
               from lambda in Lambdas(settings)
               from seed in Seeds(settings)
               select new FigureTraining(Key(lambda, sigma, seed), Configuration(settings, lambda, sigma, seed), settings.IsQuick ? 0.6 : 3),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RunConfiguration c = Configuration(settings, SmallestLambda, SmallestSigma, settings.Seed);
        return new Dictionary<string, string>
        {
            ["data"] = $"Gaussian mixture, N = {c.Samples}, {Classes} classes, dimension {c.Dimension}, standard normal means; drawn anew for each seed",
            ["network"] = $"feedforward, L = {Depth}, widths {c.Width[0]}, tanh, identity output, biases",
            ["objective"] = "equation (3) with the squared loss: (1/N)·½‖f(X) − Y‖² + λ·Σ(‖W‖² + ‖b‖²)",
            ["λ"] = $"{Lambdas(settings).Length} values from {NumberText.Plain(SmallestLambda)} to {NumberText.Plain(LargestLambda)}, evenly in the logarithm",
            ["σ"] = $"{Sigmas(settings).Length} values from {NumberText.Plain(SmallestSigma)} to {NumberText.Plain(LargestSigma)}, evenly in the logarithm",
            ["seeds"] = $"{settings.Seed} … {settings.Seed + Seeds(settings).Length - 1}, for data and orthogonal start",
            ["solver"] = $"gauss-newton to a relative gradient of {NumberText.Plain(c.GradientTolerance)}",
        };
    }

    /// <inheritdoc/>
    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(results);
        double[] lambdas = Lambdas(settings), sigmas = Sigmas(settings);
        long[] seeds = Seeds(settings);
        double Mean(int layer, double lambda, double sigma) =>
            seeds.Average(seed => results[Key(lambda, sigma, seed)].Summary.Layers[layer - 1].WeightTailEnergy ?? double.NaN);
        var grids = Enumerable.Range(1, Depth).Select(
            l => new TailEnergyGrid(l, lambdas, sigmas, [.. sigmas.Select(sigma => (double[])[.. lambdas.Select(lambda => Mean(l, lambda, sigma))])])).ToList();
        double worstGradient = results.Values.Max(result => result.Summary.RelativeGradientNorm);
        return new ExperimentOutcome
        {
            Tables = new Dictionary<string, DataTable> { ["tail-energy"] = Table(settings, results), ["tail-energy-mean"] = MeanTable(grids) },
            Verdicts = TailEnergyVerdicts.Judge(grids, worstGradient, Configuration(settings, SmallestLambda, SmallestSigma, 0).GradientTolerance),
            Notes = TailEnergyVerdicts.Notes(grids, [.. results.Values]),
            Figures = [TailEnergyFigure.Draw(Title, grids)],
        };
    }

    private static DataTable Table(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results)
    {
        var table = new DataTable(
            "One layer of one trained network.",
            new DataColumn("lambda", ColumnKind.Number, "λ of equation (3)"),
            new DataColumn("sigma", ColumnKind.Number, "σ, the standard deviation around the means"),
            new DataColumn("seed", ColumnKind.Whole, "seed of data and start"),
            new DataColumn("layer", ColumnKind.Whole, "l"),
            new DataColumn("tail_energy", ColumnKind.Number, "Σ_{j>K} s_j²/Σ s_j² of W_l"),
            new DataColumn("weight_norm", ColumnKind.Number, "‖W_l‖, Frobenius"),
            new DataColumn("status", ColumnKind.Text, "how the training ended"),
            new DataColumn("relative_gradient", ColumnKind.Number, "relative gradient norm"),
            new DataColumn("data_loss", ColumnKind.Number, "½‖f(X) − Y‖²"));
        foreach (double sigma in Sigmas(settings))
        {
            foreach (double lambda in Lambdas(settings))
            {
                foreach (long seed in Seeds(settings))
                {
                    TrialResult result = results[Key(lambda, sigma, seed)];
                    RunSummary end = result.Summary;
                    foreach (LayerSummary layer in end.Layers)
                        table.Add(lambda, sigma, seed, layer.Layer, layer.WeightTailEnergy ?? double.NaN, layer.WeightNorm, result.Manifest.Status,
                            end.RelativeGradientNorm, end.DataLoss);
                }
            }
        }
        return table;
    }

    private static DataTable MeanTable(IReadOnlyList<TailEnergyGrid> grids)
    {
        var table = new DataTable(
            "One square of a heat map: the mean over the seeds.",
            new DataColumn("layer", ColumnKind.Whole, "l"),
            new DataColumn("lambda", ColumnKind.Number, "λ of equation (3)"),
            new DataColumn("sigma", ColumnKind.Number, "σ"),
            new DataColumn("tail_energy", ColumnKind.Number, "mean of Σ_{j>K} s_j²/Σ s_j² of W_l"));
        foreach (TailEnergyGrid grid in grids)
        {
            for (int i = 0; i < grid.Sigmas.Count; i++)
            {
                for (int j = 0; j < grid.Lambdas.Count; j++) table.Add(grid.Layer, grid.Lambdas[j], grid.Sigmas[i], grid.Mean[i][j]);
            }
        }
        return table;
    }

    private static double[] Lambdas(ReproductionSettings settings) =>
        SpacedValues.Between(SmallestLambda, LargestLambda, settings.IsQuick ? 7 : 12, isLogarithmic: true);

    private static double[] Sigmas(ReproductionSettings settings) =>
        SpacedValues.Between(SmallestSigma, LargestSigma, settings.IsQuick ? 7 : 12, isLogarithmic: true);

    private static long[] Seeds(ReproductionSettings settings) => [.. Enumerable.Range(0, settings.IsQuick ? 1 : 3).Select(i => settings.Seed + i)];

    private static string Key(double lambda, double sigma, long seed) => FormattableString.Invariant($"lambda-{lambda:G4}-sigma-{sigma:G4}-seed-{seed}");

    private static RunConfiguration Configuration(ReproductionSettings settings, double lambda, double sigma, long seed) => new()
    {
        Data = "gaussian-mixture",
        Samples = settings.IsQuick ? 50 : 100,
        Classes = Classes,
        Dimension = settings.IsQuick ? 30 : 50,
        Sigma = sigma,
        Depth = Depth,
        Width = [settings.IsQuick ? 30 : 50],
        Bias = true,
        Convention = Convention.Equation3,
        Lambda = lambda,
        Seed = seed,
        DataSeed = seed,
        MaxEpochs = 2000,
        GradientTolerance = 1e-8,
        RecordEvery = 1_000_000,
    };
}

/// <summary>The mean tail energy of a layer over the grid.</summary>
/// <param name="Layer">l.</param>
/// <param name="Lambdas">λ, ascending: the columns.</param>
/// <param name="Sigmas">σ, ascending: the rows.</param>
/// <param name="Mean">The mean over seeds, a list for each σ.</param>
internal sealed record TailEnergyGrid(int Layer, IReadOnlyList<double> Lambdas, IReadOnlyList<double> Sigmas, IReadOnlyList<double[]> Mean);
