using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Ranks;

/// <summary>A phase diagram of ours: which of collapse at rank K and a lower rank costs less, over depth and K, for relu and tanh.</summary>
/// <remarks>There are no trainings: both are centroid problems, solved from several starts (<see cref="LowerRankForecast"/>).</remarks>
internal sealed class LowerRankExperiment : Experiment
{
    private const double Lambda = 1e-3;
    private const int PerClass = 4;
    private static readonly string[] Activations = ["relu", "tanh"];

    /// <inheritdoc/>
    public override string Name => "ranks";

    /// <inheritdoc/>
    public override string Title => "Collapse at rank K or lower rank";

    /// <inheritdoc/>
    public override string Source => "Section 1 and [35]; ours, without a figure in the paper";

    /// <inheritdoc/>
    public override string Claim =>
        "Deep neural collapse, with features of rank K, is optimal in a fairly general setting; minimisers of lower rank are exceptional.";

    /// <inheritdoc/>
    public override IReadOnlyList<FigureTraining> Trainings(ReproductionSettings settings) => [];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new Dictionary<string, string>
        {
            ["data"] = $"Gaussian mixture, {PerClass} samples of each of K classes, in dimension N + 2, σ = 0.3",
            ["networks"] = $"feedforward, width 20, {string.Join(" and ", Activations)}, L = {string.Join(", ", Depths(settings))}",
            ["objective"] = $"squared loss, convention sum, λ = λ' = {NumberText.Plain(Lambda)}, δ = 0",
            ["ranks"] = string.Join(", ", Ranks(settings).Select(pair => $"r = {pair.Rank} for K = {pair.Classes}"))
                + ": hidden layers but the last are r wide; r is the least with r(r − 1)/2 ≥ K",
            ["starts"] = $"{Starts(settings)} of each, from seed {settings.Seed}; the lowest ends count",
        };
    }

    /// <inheritdoc/>
    public override ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, TrialResult> results, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (string Activation, int Classes, int Rank, int Depth)[] cells =
        [
            .. from activation in Activations
               from pair in Ranks(settings)
               from depth in Depths(settings)
               select (activation, pair.Classes, pair.Rank, depth),
        ];
        RankCell[] found = Each(
            cells, parallel, cell => Find(Configuration(cell.Activation, cell.Classes, cell.Depth), cell.Rank, settings.Seed, Starts(settings)));
        return new ExperimentOutcome
        {
            Tables = new Dictionary<string, DataTable> { ["ranks"] = Table(found) },
            Verdicts = Judge(found),
            Figures = [Draw(found)],
        };
    }

    /// <summary>The lowest costs found at a rank and at full width.</summary>
    internal static RankCell Find(RunConfiguration configuration, int rank, long seed, int starts)
    {
        DataSet data = DataSource.Load(configuration.ToDataRequest());
        NetworkSpecification specification = configuration.ToSpecification(data.InputDimension, data.OutputDimension);
        var lower = LowerRankForecast.Compute(specification, data, configuration.ToObjectiveSettings(), rank, seed, starts);
        return new RankCell(
            configuration.Activation, configuration.Classes, rank, configuration.Depth, lower.Candidate.Objective, lower.Collapse.Objective,
            lower.CollapseRanks.Min());
    }

    /// <summary>The claim over the cells, and ours by activation.</summary>
    internal static IReadOnlyList<ClaimVerdict> Judge(IReadOnlyList<RankCell> cells) =>
    [
        new ClaimVerdict
        {
            Claim = "Minimisers of lower rank than K are exceptional.",
            AsStated = new Measurement("share of the cells in which nothing of lower rank was found that costs less",
                (double)cells.Count(cell => !cell.IsLower) / cells.Count, Comparison.AtLeast, 0.9),
            Explanation = "Lower costs were found in: "
                + string.Join("; ", cells.Where(cell => cell.IsLower).Select(cell => $"{cell.Activation}, K = {cell.Classes}, L = {cell.Depth}")
                    .DefaultIfEmpty("none")) + ".",
        },
    ];

    /// <summary>A panel for each activation: the relative difference of the costs over the depth, a line for each K.</summary>
    internal static Figure Draw(IReadOnlyList<RankCell> cells)
    {
        const string Reading = "The lowest cost found at lower rank over the lowest found at full width, less 1, against the depth L: below 0 the lower rank "
            + "costs less. Of both the lowest of several starts.";
        IEnumerable<Panel> panels = cells.GroupBy(cell => cell.Activation).Select(group => new Panel
        {
            Title = group.Key,
            X = new Axis("depth", "L"),
            Y = new Axis("relative difference"),
            Levels = [new ReferenceLine(0, "equal")],
            Series = [.. group.GroupBy(cell => cell.Classes).Select((line, i) => new Series(
                $"K = {line.Key}, r = {line.First().Rank}", Palette.Kind(i), [.. line.Select(cell => (double)cell.Depth)],
                [.. line.Select(cell => cell.Difference)], Mark.DottedLine))],
        });
        return new Figure("ranks", "Collapse at rank K or lower rank", Reading, new PanelBlock([.. panels]));
    }

    private static DataTable Table(RankCell[] cells)
    {
        var table = new DataTable(
            "One activation, depth and K.",
            new DataColumn("activation", ColumnKind.Text, "the hidden activation"),
            new DataColumn("classes", ColumnKind.Whole, "K"),
            new DataColumn("rank", ColumnKind.Whole, "r, the width of the hidden layers but the last"),
            new DataColumn("depth", ColumnKind.Whole, "L"),
            new DataColumn("lower_rank", ColumnKind.Number, "J of the lowest found of rank r"),
            new DataColumn("full_width", ColumnKind.Number, "J of the lowest found of full width"),
            new DataColumn("least_rank_of_full_width", ColumnKind.Whole, "the least rank of its hidden features; K where it is collapse at rank K"));
        foreach (RankCell cell in cells)
            table.Add(cell.Activation, cell.Classes, cell.Rank, cell.Depth, cell.LowerRank, cell.FullWidth, cell.LeastRank);
        return table;
    }

    private static int[] Depths(ReproductionSettings settings) => settings.IsQuick ? [4, 8] : [3, 4, 6, 8, 10];

    private static (int Classes, int Rank)[] Ranks(ReproductionSettings settings) => settings.IsQuick ? [(6, 4)] : [(6, 4), (10, 5)];

    private static int Starts(ReproductionSettings settings) => settings.IsQuick ? 2 : 8;

    internal static RunConfiguration Configuration(string activation, int classes, int depth) => new()
    {
        Data = DataSource.GaussianMixtureName,
        Samples = PerClass * classes,
        Classes = classes,
        Dimension = (PerClass * classes) + 2,
        Sigma = 0.3,
        Depth = depth,
        Width = [20],
        Activation = activation,
        Convention = Convention.Sum,
        Lambda = Lambda,
    };
}

/// <summary>What was found for one activation, depth and K.</summary>
/// <param name="Activation">The hidden activation.</param>
/// <param name="Classes">K.</param>
/// <param name="Rank">r.</param>
/// <param name="Depth">L.</param>
/// <param name="LowerRank">J of the lowest found of rank r.</param>
/// <param name="FullWidth">J of the lowest found of full width.</param>
/// <param name="LeastRank">The least rank of that one's hidden features.</param>
internal sealed record RankCell(string Activation, int Classes, int Rank, int Depth, double LowerRank, double FullWidth, int LeastRank)
{
    /// <summary>Relative difference of the costs, below 0 where the lower rank costs less.</summary>
    public double Difference => (LowerRank / FullWidth) - 1;

    /// <summary>Whether something of lower rank was found that costs less, or is itself the lowest of full width.</summary>
    public bool IsLower => Difference < 0 || LeastRank < Classes;
}
