using System.Diagnostics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Theory.Forecasts;

/// <summary>How the centroid problem is solved.</summary>
public sealed record CentroidForecastOptions
{
    /// <summary>Starts, of which the best end is kept; the first is the penalised recursion's network where there is one, the second that
    /// without the directions that cost more than they bring where there are some, the others are orthogonal.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>The seed of the first start; the others follow.</summary>
    public long Seed { get; init; }

    /// <summary>Stop at this relative gradient norm.</summary>
    public double GradientTolerance { get; init; } = 1e-3;

    /// <summary>The most steps of one start.</summary>
    public int MaxSteps { get; init; } = 150;

    /// <summary>
    /// The most floating-point operations of all starts together, counted from sizes and steps and not by a clock, so that equal settings give equal forecasts
    /// on fast and slow machines; the first start takes at least one step. The default is about 20 s of one core.
    /// </summary>
    public double MaxOperations { get; init; } = 4e11;

    /// <summary>A later start's end is kept where it is lower by more than this part of the objective.</summary>
    internal double Margin { get; init; }

    /// <summary>Whether starts after the first are left out where they would be random.</summary>
    internal bool BeginsWithRecursionAlone { get; init; }

    /// <summary>Whether the first start is that of <see cref="GraphStart"/> where there is one.</summary>
    internal bool BeginsWithGraph { get; init; }

    /// <summary>Options for a forecast that <see cref="CentroidForecast.Refine"/> goes on from: a start for the full problem is worth solving well.</summary>
    /// <param name="gradientTolerance">The relative gradient norm that the refinement is to reach.</param>
    public static CentroidForecastOptions ForRefinement(double gradientTolerance) =>
        new() { GradientTolerance = Math.Min(1e-8, gradientTolerance), MaxSteps = 1000 };
}

/// <summary>
/// The centroid problem: training restricted to features that have collapsed but for a small spread of the first layer's, with one column per class that
/// counts N_k times. It has the nonlinearity in it, and its network, lifted to all samples, bounds the minimum of the full objective from above.
/// </summary>
/// <remarks>
/// With λ_1 = 0, σ_1^{-1}(Z^1) = P·Sᵀ for the classes S ∈ {0, 1}^{N×K}: the inputs are I, and W_1 = P·SᵀX⁺. With λ_1 > 0 the first layer is W_1 = P·B with
/// class means P, and the samples spread around them by D = P·(BX − Sᵀ), which costs ½Σ a_q‖D_q‖² in the layers after it. B minimises ‖W_1‖² with that
/// cost for the stiffness a, and a is measured on the network, in turns (<see cref="CentroidProblem"/>, <see cref="CentroidStiffness"/>). A network of K
/// samples with inputs G^{-1/2} and first weights P·G^{1/2} costs the same. The derivation is in docs/theory.md.
/// </remarks>
public sealed class CentroidForecast
{
    /// <summary>A spread of features above this share of them is not small.</summary>
    private const double LargestSpread = 0.1;

    /// <summary>
    /// Above this relative gradient of the lifted network, training was seen to end elsewhere: with saturated units in a Z^1 that has not collapsed.
    /// </summary>
    private const double LargestGradient = 0.03;

    private readonly DataSet _data;
    private readonly ObjectiveSettings _settings;

    private CentroidForecast(
        DataSet data, ObjectiveSettings settings, CentroidEnd end, Forecast forecast, IReadOnlyList<ForecastCandidate> candidates)
    {
        (_data, _settings, Candidates) = (data, settings, candidates);
        Forecast = forecast;
        Lifted = end.Lifted;
        RelativeGradient = end.Solver.GradientSize.Relative;
        Steps = end.Steps;
        LiftedValue = end.Value;
        LiftedGradient = end.Full.GradientSize;
    }

    /// <summary>Spectra and objective.</summary>
    public Forecast Forecast { get; }

    /// <summary>The lifted networks at the ends of all starts, from the lowest to the highest; those that agree are one.</summary>
    public IReadOnlyList<ForecastCandidate> Candidates { get; }

    /// <summary>The network for the full inputs, W_1 = P·SᵀX⁺ and all else of the centroid problem's network.</summary>
    public Network Lifted { get; }

    /// <summary>J of the full problem at <see cref="Lifted"/>; equal to the forecast where X reaches the classes.</summary>
    public ObjectiveValue LiftedValue { get; }

    /// <summary>
    /// The gradient of the full problem at <see cref="Lifted"/>: 0 for λ_1 = 0 up to the solver's tolerance, otherwise what collapse of Z^1 leaves.
    /// </summary>
    public GradientSize LiftedGradient { get; }

    /// <summary>The relative gradient norm that was reached in the centroid problem.</summary>
    public double RelativeGradient { get; }

    /// <summary>The solver's steps in the start that was kept.</summary>
    public int Steps { get; }

    /// <summary>Solves the centroid problem; the classes are the labels.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="data">The data, with labels.</param>
    /// <param name="settings">The objective, any loss and convention.</param>
    /// <param name="options">Starts and tolerance.</param>
    /// <exception cref="InvalidInputException">There are no labels or no weight penalty, or λ_1 > 0 and no linear map tells the classes apart.</exception>
    /// <exception cref="ShapeMismatchException">Data and shape do not fit.</exception>
    public static CentroidForecast Compute(
        NetworkSpecification specification, DataSet data, ObjectiveSettings settings, CentroidForecastOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new CentroidForecastOptions();
        long start = Stopwatch.GetTimestamp();
        PenaltyRatios ratios = PenaltyRatios.Of(settings, specification.Depth, data.SampleCount);
        var problem = new CentroidProblem(specification, data, settings);
        var budget = new WorkBudget(options.MaxOperations);
        CentroidEnd? best = null;
        var candidates = new List<ForecastCandidate>();
        int starts = Math.Max(1, options.Starts);
        for (int i = 0; i < starts && (best is null || !budget.IsSpent); i++)
        {
            CentroidEnd? end;
            try
            {
                // Every start is followed to its end: which one leads lowest does not show at a rough tolerance.
                end = CentroidEnd.Follow(problem, ratios, options, i, budget);
            }
            catch (ComputationFailedException) when (best is not null || (i < starts - 1 && !options.BeginsWithRecursionAlone))
            {
                continue;
            }
            if (end is null) break;
            if (options.Starts > 1) candidates.Add(end.ToCandidate());
            if (best is null || end.Total < best.Total * (1 - options.Margin)) best = end;
        }
        if (candidates.Count == 0) candidates.Add(best!.ToCandidate());
        return new CentroidForecast(data, settings, best!, new Forecast
        {
            Source = "centroid problem",
            Layers = best!.Layers(),
            Objective = best.Total,
            ObjectivePerLambda = best.Total / ratios.Lambda,
            UnmetHypotheses = [.. Unmet(best, options.GradientTolerance)],
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        }, ForecastCandidate.Order(candidates));
    }

    /// <summary>Goes on with Newton's method in the full problem, from the lifted network.</summary>
    /// <param name="gradientTolerance">The relative gradient norm to reach.</param>
    /// <param name="maxSteps">The most steps.</param>
    public CentroidRefinement Refine(double gradientTolerance = 1e-8, int maxSteps = 200)
    {
        long start = Stopwatch.GetTimestamp();
        Network network = Lifted.Copy();
        var solver = new GaussNewtonSolver(new Objective(network.Specification, _data, _settings), network);
        int steps = CentroidEnd.Run(solver, gradientTolerance, maxSteps, new WorkBudget(double.PositiveInfinity));
        return new CentroidRefinement(network, solver.Value, solver.GradientSize, steps, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static IEnumerable<string> Unmet(CentroidEnd end, double tolerance)
    {
        double gradient = end.Solver.GradientSize.Relative, lifted = end.IsPenalised ? end.Full.GradientSize.Relative : 0;
        double spread = Frobenius.Norm(end.First.Spread) / Math.Sqrt(end.First.Spread.Columns);
        if (gradient > tolerance) yield return $"the centroid problem is solved to {tolerance:G3} (stopped at a relative gradient of {gradient:G3})";
        if (spread > LargestSpread) yield return $"the first layer can send samples near their class's point (they spread by {spread:G3} of its distance)";
        if (lifted <= LargestGradient) yield break;
        yield return "the minimum lies near features whose first layer has almost collapsed "
            + $"(the lifted network has relative gradient {lifted:G3}; above {LargestGradient} training may end elsewhere)";
    }
}
