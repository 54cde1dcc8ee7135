using System.Diagnostics;
using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory;

/// <summary>How the centroid problem is solved.</summary>
public sealed record CentroidForecastOptions
{
    /// <summary>Starts, of which the best end is kept; the first is the penalised recursion's network where there is one, the others are orthogonal.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>The seed of the first start; the others follow.</summary>
    public long Seed { get; init; }

    /// <summary>Stop at this relative gradient norm.</summary>
    public double GradientTolerance { get; init; } = 1e-3;

    /// <summary>The most steps of one start.</summary>
    public int MaxSteps { get; init; } = 500;

    /// <summary>The most seconds of all starts together; the first one takes at least one step.</summary>
    public double MaxSeconds { get; init; } = 20;
}

/// <summary>The network that Newton's method reaches from the lifted one.</summary>
/// <param name="Network">The network.</param>
/// <param name="Value">Its objective.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="Steps">Steps of <see cref="GaussNewtonSolver"/>.</param>
/// <param name="Seconds">How long they took.</param>
public sealed record CentroidRefinement(Network Network, ObjectiveValue Value, GradientSize Gradient, int Steps, double Seconds);

/// <summary>
/// The centroid problem: training restricted to collapsed features, with one column per class that counts N_k times. Its minimum bounds that of the
/// full objective from above and has the nonlinearity in it.
/// </summary>
/// <remarks>
/// With σ_1^{-1}(Z^1) = P·Sᵀ, S ∈ {0, 1}^{N×K} the classes, the least first weights are W_1 = P·B, B = SᵀX⁺, and cost ‖W_1‖² = tr(P·G·Pᵀ), G = BBᵀ.
/// A network of K samples with inputs G^{-1/2} and first weights P·G^{1/2} costs the same; for λ_1 = 0 the inputs are I. Spectra of the full network's features
/// are those of Z^l·diag(√N_k), of its weights those of the small network's. The derivation is in docs/theory.md.
/// </remarks>
public sealed class CentroidForecast
{
    private const double RankCutoff = 1e-6;
    private const double ReachTolerance = 1e-8;
    private const double LeastMetric = 1e-13;

    private readonly DataSet _data;
    private readonly ObjectiveSettings _settings;

    private CentroidForecast(DataSet data, ObjectiveSettings settings, Forecast forecast, Network lifted, double relativeGradient, int steps)
    {
        (_data, _settings) = (data, settings);
        Forecast = forecast;
        Lifted = lifted;
        RelativeGradient = relativeGradient;
        Steps = steps;
        var objective = new Objective(lifted.Specification, data, settings);
        LiftedValue = objective.ValueAndGradient(lifted, new Network(lifted.Specification));
        LiftedGradient = objective.GradientSize;
    }

    /// <summary>Spectra and objective.</summary>
    public Forecast Forecast { get; }

    /// <summary>The network for the full inputs, W_1 = P·SᵀX⁺ and all else of the centroid problem's network.</summary>
    public Network Lifted { get; }

    /// <summary>J of the full problem at <see cref="Lifted"/>; equal to the forecast where X reaches the classes.</summary>
    public ObjectiveValue LiftedValue { get; }

    /// <summary>The gradient of the full problem at <see cref="Lifted"/>: 0 for λ_1 = 0 up to the solver's tolerance, otherwise what collapse of Z^1 leaves.</summary>
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
    public static CentroidForecast Compute(NetworkSpecification specification, DataSet data, ObjectiveSettings settings, CentroidForecastOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new CentroidForecastOptions();
        long start = Stopwatch.GetTimestamp();
        if (data.InputDimension != specification.InputDimension || data.OutputDimension != specification.OutputDimension)
            throw new ShapeMismatchException($"The network maps {specification.InputDimension} to {specification.OutputDimension} numbers, but the data have {data.InputDimension} inputs and {data.OutputDimension} targets.");
        if (data.Labels.Length == 0) throw new InvalidInputException("The centroid problem needs classes, but the data have no labels.");
        ObjectiveCoefficients coefficients = settings.Coefficients(specification.Depth, data.SampleCount);
        PenaltyRatios ratios = PenaltyRatios.Of(settings, specification.Depth, data.SampleCount);

        int[] classes = [.. data.Labels.Distinct().Order()];
        Matrix indicator = Matrix.FromEntries(classes.Length, data.SampleCount, (k, i) => data.Labels[i] == classes[k] ? 1 : 0);
        double[] sizes = [.. classes.Select(k => (double)data.Labels.Count(label => label == k))];
        Matrix means = Product.MultiplyTransposedRight(data.Targets, indicator);
        for (int k = 0; k < means.Rows; k++) TensorPrimitives.Divide(means.Row(k), sizes, means.Row(k));
        Matrix spread = Product.Multiply(means, indicator);
        TensorPrimitives.Subtract(spread.AsSpan(), data.Targets.AsSpan(), spread.AsSpan());
        double withinTargets = settings.Loss == Loss.Squared ? 0.5 * coefficients.Data * TensorPrimitives.SumOfSquares<double>(spread.AsSpan()) : 0;

        Matrix toClasses = Product.Multiply(indicator, PseudoInverse.Compute(data.Inputs).Inverse);
        double unreached = Residuals.Relative(Product.Multiply(toClasses, data.Inputs), indicator);
        Matrix inputs = InputsOf(toClasses, ratios.FirstLayer > 0);
        var centroids = new DataSet(data.Name, inputs, means, []);
        var small = new NetworkSpecification(classes.Length, specification.Widths, specification.Architecture, specification.HasBias, specification.HiddenActivation, specification.OutputActivation);
        GaussNewtonSolver? best = null;
        int bestSteps = 0;
        for (int i = 0; i < Math.Max(1, options.Starts); i++)
        {
            double left = options.MaxSeconds - Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (best is not null && left <= 0) break;
            var network = new Network(small);
            if (i > 0 || !CentroidStart.TryFill(network, toClasses, inputs, sizes, ratios, options.Seed))
                Initialization.Initialize(network, InitializationScheme.Orthogonal, options.Seed + i);
            var objective = new Objective(small, centroids, settings, keepsCurvature: false, coefficients, sizes);
            var solver = new GaussNewtonSolver(objective, network);
            int steps = Run(solver, options.GradientTolerance, options.MaxSteps, left);
            if (best is not null && !(solver.Value.Total < best.Value.Total)) continue;
            (best, bestSteps) = (solver, steps);
        }

        double total = best!.Value.Total + withinTargets;
        double[][] features = [.. best.Objective.Features.Select(z => NonZero(SampleWeights.Root(best.Objective.Weights, z)))];
        var forecast = new Forecast
        {
            Source = "centroid problem",
            Layers = [.. Enumerable.Range(1, specification.Depth).Select(l => new ForecastLayer(
                l,
                features[l],
                l == 1 && ratios.FirstLayer == 0 ? null : NonZero(best.Network.Weights(l), features[l - 1].Length)))],
            Objective = total,
            ObjectivePerLambda = total / ratios.Lambda,
            UnmetHypotheses = [.. Unmet(best.GradientSize.Relative, options.GradientTolerance, unreached)],
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        return new CentroidForecast(data, settings, forecast, Lift(specification, best.Network, inputs, toClasses), best.GradientSize.Relative, bestSteps);
    }

    /// <summary>Goes on with Newton's method in the full problem, from the lifted network.</summary>
    /// <param name="gradientTolerance">The relative gradient norm to reach.</param>
    /// <param name="maxSteps">The most steps.</param>
    /// <param name="maxSeconds">The most seconds.</param>
    public CentroidRefinement Refine(double gradientTolerance = 1e-8, int maxSteps = 200, double maxSeconds = double.PositiveInfinity)
    {
        long start = Stopwatch.GetTimestamp();
        Network network = Lifted.Copy();
        var solver = new GaussNewtonSolver(new Objective(network.Specification, _data, _settings), network);
        int steps = Run(solver, gradientTolerance, maxSteps, maxSeconds);
        return new CentroidRefinement(network, solver.Value, solver.GradientSize, steps, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static int Run(GaussNewtonSolver solver, double tolerance, int maxSteps, double maxSeconds)
    {
        long start = Stopwatch.GetTimestamp();
        int steps = 0;
        if (!solver.Start()) throw new ComputationFailedException("The objective is not finite at the start.");
        while (steps < maxSteps && solver.GradientSize.Relative > tolerance)
        {
            steps++;
            if (solver.Step() != StepOutcome.Moved || Stopwatch.GetElapsedTime(start).TotalSeconds > maxSeconds) break;
        }
        return steps;
    }

    /// <summary>G^{-1/2} where the first layer is penalised, I where it is free.</summary>
    private static Matrix InputsOf(Matrix toClasses, bool isPenalised)
    {
        int count = toClasses.Rows;
        if (!isPenalised) return Matrix.FromEntries(count, count, (i, j) => i == j ? 1 : 0);
        Matrix metric = Product.OuterGram(toClasses);
        double[] values = SymmetricEigendecomposition.Eigenvalues(metric);
        if (!(values.Min() > LeastMetric * values.Max()))
            throw new InvalidInputException($"The inputs have too small a rank to send {count} classes to {count} independent points: with a penalised first layer the centroid problem has no finite inputs. Set delta to 0 or use more inputs.");
        return SymmetricFunction.Apply(metric, x => 1 / Math.Sqrt(x));
    }

    private static Network Lift(NetworkSpecification specification, Network small, Matrix inputs, Matrix toClasses)
    {
        var full = new Network(specification);
        Product.Multiply(Product.Multiply(small.Weights(1), inputs), toClasses, full.Weights(1));
        small.Bias(1)?.CopyTo(full.Bias(1)!);
        for (int l = 2; l <= specification.Depth; l++)
        {
            small.Weights(l).CopyTo(full.Weights(l));
            small.Bias(l)?.CopyTo(full.Bias(l)!);
        }
        return full;
    }

    /// <summary>The singular values above the cut-off, at most so many: stationary weights −E·Z^{l−1,T}/λ_l have at most the rank of Z^{l−1}.</summary>
    private static double[] NonZero(Matrix a, int most = int.MaxValue)
    {
        double[] values = SingularValueDecomposition.SingularValues(a);
        return values[..Math.Min(most, NumericalRank.Of(values, RankCutoff))];
    }

    private static IEnumerable<string> Unmet(double gradient, double tolerance, double unreached)
    {
        if (gradient > tolerance) yield return $"the centroid problem is solved to {tolerance:G3} (stopped at a relative gradient of {gradient:G3})";
        if (unreached > ReachTolerance) yield return $"the row space of X holds the classes, so that Z^1 can collapse ({unreached:G3} of them lies outside)";
    }
}
