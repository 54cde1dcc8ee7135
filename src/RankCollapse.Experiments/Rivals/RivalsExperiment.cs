using RankCollapse.Experiments.Ranks;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Theory.Rivals;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Rivals;

/// <summary>
/// Explanations of low rank held against each other at stationary points, an experiment of ours: collapse at rank K against optima of lower rank ([35]) and
/// bottleneck ranks ([14, 15]) over depth and K, and wide networks with linear layers at their end ([17]) over width and the number of these.
/// </summary>
internal sealed class RivalsExperiment : Experiment
{
    private const int Nonlinear = 2;

    /// <inheritdoc/>
    public override string Name => "rivals";

    /// <inheritdoc/>
    public override string Title => "Collapse and its rivals at stationary points";

    /// <inheritdoc/>
    public override string Source => "Sections 1 and 4, [14, 15, 17, 35]; ours, without a figure in the paper";

    /// <inheritdoc/>
    public override string Claim =>
        "Stationary points collapse at rank K (this paper); lower ranks are optimal ([35]); deep networks take the bottleneck rank of what they learn "
            + "([14, 15]); "
        + "wide networks that end with linear layers have orthogonal class means ([17]).";

    /// <inheritdoc/>
    public override KeptFiles Keep => KeptFiles.Run;

    /// <inheritdoc/>
    public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            .. Contests(settings).SelectMany(cell => Seeds(settings).Select(seed => new FigureTraining(
                cell.KeyOf(seed), Configuration(cell, seed), 0.02 * cell.Classes * cell.Depth))),
            .. Heads(settings).Select(cell => new FigureTraining(cell.Key, Configuration(settings, cell), (settings.IsQuick ? 0.05 : 0.1) * cell.Width)),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ContestCell[] contests = [.. Contests(settings)];
        HeadCell[] heads = [.. Heads(settings)];
        RunConfiguration contest = Configuration(contests[0], settings.Seed), head = Configuration(settings, heads[0]);
        return new Dictionary<string, string>
        {
            ["depth and K"] = $"those of the figure ranks: Gaussian mixtures, width {contest.Width[0]}, sums, λ = λ' = "
                + $"{NumberText.Plain(contest.Lambda)}, δ = 0; "
                + $"{Values(contests, c => c.Activation)}; K = {Values(contests, c => c.Classes)}; L = {Values(contests, c => c.Depth)}; trained by "
                + "gauss-newton to "
                + $"{NumberText.Plain(contest.GradientTolerance)} from orthogonal starts, beside the lowest of {Starts(settings)} starts of centroid problems",
            ["width and linear layers"] = $"MNIST, N = {head.Samples}, {head.Classes} classes, {Nonlinear} layers of tanh and "
                + $"{Values(heads, c => c.Linear)} linear ones, the output among them, of width {Values(heads, c => c.Width)}; means, "
                + $"λ = {NumberText.Plain(head.Lambda)}, δ = 1, λ' = 0; gauss-newton to {NumberText.Plain(head.GradientTolerance)}",
            ["seeds"] = string.Join(", ", Seeds(settings)),
            ["ranks"] = "of features: singular values above 1 % of the largest; of weights and Jacobians: within "
                + $"{NumberText.Plain(100 * RankTolerance.Default)} % of "
                + "the norm",
        };
    }

    /// <inheritdoc/>
    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(results);
        RankContest[] contests = Each([.. Contests(settings)], parallel, cell => new RankContest(
            LowerRankExperiment.Find(Configuration(cell, settings.Seed), cell.Rank, settings.Seed, Starts(settings)),
            [.. Seeds(settings).Select(seed => RankEnd.Of(seed, results[cell.KeyOf(seed)]))]));
        HeadEnd[] heads = Each([.. Heads(settings)], parallel, cell => HeadEnd.Of(cell, results[cell.Key]));
        return new ExperimentOutcome
        {
            Tables = new Dictionary<string, DataTable> { ["ranks"] = Table(contests), ["heads"] = Table(heads) },
            Verdicts = RivalsVerdicts.Judge(contests, heads),
            Notes = RivalsVerdicts.Notes(contests, heads),
            Figures = [RivalsFigure.Ranks(contests), RivalsFigure.Heads(heads)],
        };
    }

    private static DataTable Table(IReadOnlyList<RankContest> contests)
    {
        var table = new DataTable(
            "One training, beside what was found for its depth and K.",
            new DataColumn("activation", ColumnKind.Text, "the hidden activation"),
            new DataColumn("classes", ColumnKind.Whole, "K"),
            new DataColumn("depth", ColumnKind.Whole, "L"),
            new DataColumn("seed", ColumnKind.Whole, "seed of the start"),
            new DataColumn("objective", ColumnKind.Number, "J where training ended"),
            new DataColumn("relative_gradient", ColumnKind.Number, "relative gradient norm there"),
            new DataColumn("least_rank", ColumnKind.Whole, "the least rank of Z^1 … Z^{L−2}"),
            new DataColumn("jacobian_rank", ColumnKind.Whole, "the largest rank of Jacobians at samples"),
            new DataColumn("bottleneck_rank", ColumnKind.Whole, "the least rank of weights"),
            new DataColumn("lower_rank", ColumnKind.Whole, "r"),
            new DataColumn("lower_objective", ColumnKind.Number, "J of the lowest found of rank r"),
            new DataColumn("full_objective", ColumnKind.Number, "J of the lowest centroid problem of full width"));
        foreach (RankContest contest in contests)
        {
            RankCell c = contest.Costs;
            foreach (RankEnd end in contest.Ends)
            {
                table.Add(
                    c.Activation, c.Classes, c.Depth, end.Seed, end.Objective, end.RelativeGradient, end.LeastRank, end.Jacobian, end.Bottleneck, c.Rank,
                    c.LowerRank, c.FullWidth);
            }
        }
        return table;
    }

    private static DataTable Table(IReadOnlyList<HeadEnd> heads)
    {
        var table = new DataTable(
            "One training.",
            new DataColumn("width", ColumnKind.Whole, "of the hidden layers"),
            new DataColumn("linear_layers", ColumnKind.Whole, "at the end, the output among them"),
            new DataColumn("seed", ColumnKind.Whole, "seed of the start"),
            new DataColumn("objective", ColumnKind.Number, "J"),
            new DataColumn("relative_gradient", ColumnKind.Number, "relative gradient norm"),
            new DataColumn("nc1", ColumnKind.Number, "variation of Z^{L−1} inside classes over that between them"),
            new DataColumn("condition", ColumnKind.Number, "condition number of the class means of Z^{L−1}"),
            new DataColumn("condition_bound", ColumnKind.Number, "its bound from balance; empty where there is none"),
            new DataColumn("imbalance", ColumnKind.Number, "the largest ‖W_{l+1}ᵀW_{l+1} − W_lW_lᵀ‖ of linear layers over ‖W_L‖²; empty for none"),
            new DataColumn("first_rank", ColumnKind.Whole, "rank of W_1"),
            new DataColumn("later_rank", ColumnKind.Whole, "the largest rank of W_2 … W_{L−1}"),
            new DataColumn("jacobian_rank", ColumnKind.Whole, "the largest rank of Jacobians at samples"));
        foreach (HeadEnd end in heads)
        {
            table.Add(
                end.Cell.Width, end.Cell.Linear, end.Cell.Seed, end.Objective, end.RelativeGradient, end.Nc1, end.Condition, end.Bound, end.Imbalance,
                end.FirstRank, end.LaterRank, end.Jacobian);
        }
        return table;
    }

    private static IEnumerable<ContestCell> Contests(ReproductionSettings settings) =>
        from activation in (string[])["relu", "tanh"]
        from pair in settings.IsQuick ? ((int, int)[])[(6, 4)] : [(6, 4), (10, 5)]
        from depth in settings.IsQuick ? (int[])[4, 8] : [3, 4, 6, 8, 10]
        select new ContestCell(activation, pair.Item1, pair.Item2, depth);

    private static IEnumerable<HeadCell> Heads(ReproductionSettings settings) =>
        from width in settings.IsQuick ? (int[])[20, 60] : [20, 60, 180]
        from linear in settings.IsQuick ? (int[])[1, 3] : [1, 2, 3, 5]
        from seed in Seeds(settings)
        select new HeadCell(width, linear, seed);

    private static long[] Seeds(ReproductionSettings settings) => [.. Enumerable.Range(0, settings.IsQuick ? 2 : 3).Select(i => settings.Seed + i)];

    private static int Starts(ReproductionSettings settings) => settings.IsQuick ? 2 : 4;

    private static RunConfiguration Configuration(ContestCell cell, long seed) =>
        LowerRankExperiment.Configuration(cell.Activation, cell.Classes, cell.Depth) with
        {
            Seed = seed,
            MaxEpochs = 400,
            GradientTolerance = 1e-5,
            RecordEvery = 1_000_000,
            Threads = 1,
        };

    private static RunConfiguration Configuration(ReproductionSettings settings, HeadCell cell) => new()
    {
        Samples = settings.IsQuick ? 60 : 200,
        Classes = settings.IsQuick ? 5 : 10,
        Depth = Nonlinear + cell.Linear,
        Width = [cell.Width],
        Activation = cell.Linear == 1 ? "tanh" : $"tanh*{Nonlinear},identity*{cell.Linear - 1}",
        Convention = Convention.Mean,
        Lambda = 2e-3,
        Delta = 1,
        LambdaFeatures = 0,
        Seed = cell.Seed,
        DataSeed = cell.Seed,
        MaxEpochs = 300,
        GradientTolerance = 1e-5,
        RecordEvery = 1_000_000,
        Threads = 1,
    };

    private static string Values<T, TValue>(T[] cells, Func<T, TValue> value) =>
        string.Join(", ", cells.Select(value).Distinct().Select(one => FormattableString.Invariant($"{one}")));
}

/// <summary>An activation, K and L, and the rank that is held against K.</summary>
/// <param name="Activation">The hidden activation.</param>
/// <param name="Classes">K.</param>
/// <param name="Rank">r.</param>
/// <param name="Depth">L.</param>
internal sealed record ContestCell(string Activation, int Classes, int Rank, int Depth)
{
    /// <summary>The key of its training from one start.</summary>
    public string KeyOf(long seed) => $"ranks-{Activation}-K{Classes}-L{Depth}-{seed}";
}

/// <summary>A width and a number of linear layers.</summary>
/// <param name="Width">Of the hidden layers.</param>
/// <param name="Linear">Linear layers at the end, the output among them.</param>
/// <param name="Seed">The seed of start and data.</param>
internal sealed record HeadCell(int Width, int Linear, long Seed)
{
    /// <summary>The training's key.</summary>
    public string Key => $"heads-w{Width}-h{Linear}-{Seed}";
}
