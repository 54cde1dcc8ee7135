using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Theory.Paths;

/// <summary>How a path is computed.</summary>
public sealed record CollapsePathOptions
{
    /// <summary>C, the same for all layers; null takes for each layer the least C_l for which the start satisfies (II) there.</summary>
    public double? Constant { get; init; }

    /// <summary>Points at which each layer's part of the path is recorded.</summary>
    public int SamplesPerLayer { get; init; } = 64;

    /// <summary>How each layer's flow is integrated.</summary>
    public BrockettFlowOptions Flow { get; init; } = new();
}

/// <summary>
/// Theorem 4.3: a path from an interpolating start to a global minimiser along which the representation cost (11) does not grow, layer by layer.
/// </summary>
/// <remarks>
/// Layer l = 1 … L − 1 in turn follows Lemma B.1's path towards √C_l·O_l·σ_{l+1}^{-1}(Z^{l+1}), while every earlier layer stays at its minimum,
/// Z^m = √C_m·O_m·σ_{m+1}^{-1}(Z^{m+1}), at the constant cost N/(2C_m). In the last part, at t = 1, all ranks fall to rank(Y) at once.
/// Definition 4.1 has one C; all proofs go layer by layer, so that each layer may have its own, and following layers then stay of the start's size.
/// Where σ_m^{-1}(Z^m) is singular for a moment the cost is lower there. Sign changes of its determinant between recorded times find these; zeros
/// that touch without a change of sign are not found.
/// </remarks>
public sealed class CollapsePath
{
    /// <summary>2⁻¹⁰: below it features are linear in W_1 to six digits, and a smaller scale changes nothing but their size.</summary>
    private const double LeastScale = 1.0 / 1024;

    private readonly FeatureProblem _problem;
    private readonly Matrix[] _start;
    private readonly LayerPath[] _layers;
    private readonly double[] _startCosts;

    private CollapsePath(FeatureProblem problem, Matrix[] start, LayerPath[] layers, double[] startCosts, double[] constants)
    {
        _problem = problem;
        _start = start;
        _layers = layers;
        _startCosts = startCosts;
        Constants = constants;
    }

    /// <summary>C_1 … C_{L−1} of (II) at indices 0 … L − 2.</summary>
    public IReadOnlyList<double> Constants { get; }

    /// <summary>The recorded times with their costs.</summary>
    public IReadOnlyList<PathSample> Samples { get; private set; } = [];

    /// <summary>The jumps that were found before t = 1.</summary>
    public IReadOnlyList<RankDrop> RankDrops { get; private set; } = [];

    /// <summary>L(γ(0)).</summary>
    public double StartCost => Samples[0].Cost;

    /// <summary>L(γ(1)).</summary>
    public double EndCost => Samples[^1].Cost;

    /// <summary>Σ_l rank(Y)/(2C_l), the least cost; (L − 1)/2·rank(Y)/C of Theorem 4.2 for one C.</summary>
    public double Minimum { get; private init; }

    /// <summary>The largest (L(γ(t_{i+1})) − L(γ(t_i)))/L(γ(t_i)) over recorded times; at most 0 for a path that never grows.</summary>
    public double LargestIncrease { get; private set; }

    /// <summary>The largest ‖QᵀQ − I‖_F in the flows.</summary>
    public double OrthogonalityError => _layers.Max(l => l.Flow.OrthogonalityError);

    /// <summary>Whether the cost never grew between recorded times, to 1e−12 of its size.</summary>
    public bool IsMonotone => LargestIncrease <= 1e-12;

    /// <summary>Whether every flow arrived and the end has the least cost, to 1e−8 of its size.</summary>
    public bool ReachesMinimum => _layers.All(l => l.Flow.HasArrived) && Math.Abs(EndCost - Minimum) <= 1e-8 * Minimum;

    /// <summary>Whether all layers 1 … L − 1 satisfy DNC1 at the end, Definition 3.5, to rounding.</summary>
    public bool EndIsCollapsed { get; private set; }

    /// <summary>What Theorem 4.3 asks and this configuration does not meet.</summary>
    public IReadOnlyList<string> UnmetHypotheses { get; private init; } = [];

    /// <summary>Features of a network whose last layer is replaced by one that interpolates: Z^L = Y, which Z^{L−1} of rank N represents.</summary>
    /// <param name="problem">Shape and data.</param>
    /// <param name="network">Any network of that shape, such as one that was just initialised.</param>
    /// <param name="scale">W_1 is multiplied with this: below 1, features stay further inside the range of an activation that is not onto R.</param>
    public static Matrix[] InterpolatingStart(FeatureProblem problem, Network network, double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(network);
        if (!(scale > 0) || double.IsInfinity(scale)) throw new InvalidInputException($"The scale of a start is positive and finite, found {scale}.");
        network = network.Copy();
        network.Weights(1).Scaled(scale).CopyTo(network.Weights(1));
        Matrix[] features = network.Features(problem.Data.Inputs);
        features[^1] = problem.Data.Targets;
        return features;
    }

    /// <summary>The path from <see cref="InterpolatingStart"/>, at a scale at which its features stay in the range of the activations.</summary>
    /// <param name="problem">Shape and data.</param>
    /// <param name="network">Any network of that shape.</param>
    /// <param name="scale">The scale; null takes the first of 1, ½, ¼, … 2⁻¹⁰ for which the path stays in that range.</param>
    /// <param name="options">C, sampling, integration.</param>
    /// <returns>The path and its scale.</returns>
    /// <exception cref="InvalidInputException">As <see cref="Compute"/>; at no scale does the path stay in the range.</exception>
    public static (CollapsePath Path, double Scale) FromNetwork(FeatureProblem problem, Network network, double? scale = null, CollapsePathOptions? options = null)
    {
        double tried = scale ?? 1;
        while (true)
        {
            if (TryCompute(problem, InterpolatingStart(problem, network, tried), options, out string? reason) is { } path) return (path, tried);

            // Activations are close to linear at small features, and then what follows stays small.
            if (scale is not null || tried <= LeastScale) throw new InvalidInputException(reason);
            tried /= 2;
        }
    }

    /// <summary>Computes the path.</summary>
    /// <param name="problem">A feedforward shape whose hidden widths are all N, and data.</param>
    /// <param name="start">Z^0 = X, Z^1, …, Z^L = Y, with Z^1 … Z^{L−1} of rank N.</param>
    /// <param name="options">C, sampling, integration.</param>
    /// <exception cref="InvalidInputException">A hypothesis that the construction needs fails: the message names it.</exception>
    public static CollapsePath Compute(FeatureProblem problem, IReadOnlyList<Matrix> start, CollapsePathOptions? options = null) =>
        TryCompute(problem, start, options, out string? reason) ?? throw new InvalidInputException(reason);

    private static CollapsePath? TryCompute(FeatureProblem problem, IReadOnlyList<Matrix> start, CollapsePathOptions? options, out string reason)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(start);
        options ??= new CollapsePathOptions();
        if (options.SamplesPerLayer < 2) throw new InvalidInputException($"A path needs at least 2 samples per layer, found {options.SamplesPerLayer}.");
        PathHypotheses.Require(problem, start);
        int depth = problem.Specification.Depth;
        double[] constants = [.. FeatureConstraints.Check(problem, start, 1).Layers.Select(l => l.LargestRatio * (1 + 1e-12))];
        if (options.Constant is { } given)
        {
            double least = constants.Max();
            if (!(given >= least)) throw new InvalidInputException($"The start satisfies (II) only for C ≥ {least:G6}, found C = {given:G6}.");
            Array.Fill(constants, given);
        }
        var layers = new LayerPath[depth];
        var costs = new double[depth];
        for (int l = 1; l < depth; l++)
        {
            if (!problem.TryProduce(start, l + 1, out Matrix? target, out string? missing)) throw new InvalidInputException(missing);
            layers[l] = new LayerPath(target, start[l], constants[l - 1], options.Flow);
            costs[l] = layers[l].At(0).Cost;
        }
        int rank = NumericalRank.Of(problem.Data.Targets);
        var path = new CollapsePath(problem, [.. start], layers[1..], costs, constants) { Minimum = constants.Sum(c => rank / (2 * c)), UnmetHypotheses = [.. PathHypotheses.Unmet(problem)] };
        return path.TryRecord(options.SamplesPerLayer, out reason) ? path : null;
    }

    /// <summary>γ(t): Z^0 … Z^L, and the cost there.</summary>
    /// <param name="time">t ∈ [0, 1]; every layer moves during an equal share.</param>
    /// <exception cref="InvalidInputException">Features leave the range of an activation there.</exception>
    public (IReadOnlyList<Matrix> Features, double Cost) At(double time)
    {
        (int layer, double part) = Locate(time);
        PathPoint point = TryAt(layer, part, out string reason) ?? throw new InvalidInputException(reason);
        return (point.Features, point.Cost);
    }

    /// <summary>Corollary B.4: k points γ(T_0) … γ(T_{k−1}) of the path with T_0 = 0, T_{k−1} = 1, away from the jumps, and their costs.</summary>
    /// <param name="count">k ≥ 2. Times are T_j = j/(k − 1), moved by less than 1/(4k) where a jump lies closer than that to rounding.</param>
    public IReadOnlyList<PathSample> Discretize(int count)
    {
        if (count < 2) throw new InvalidInputException($"A discretisation needs at least 2 points, found {count}.");
        var result = new List<PathSample>();
        for (int j = 0; j < count; j++)
        {
            double time = (double)j / (count - 1);
            while (j > 0 && j < count - 1 && RankDrops.Any(d => Math.Abs(d.Time - time) < 1e-12)) time += 1e-3 / count;
            (int layer, double part) = Locate(time);
            PathPoint point = TryAt(layer, part, out string reason) ?? throw new InvalidInputException(reason);
            result.Add(new PathSample(time, layer, Segment(part), point.Cost, point.MovingCost));
        }
        return result;
    }

    private static PathSegment Segment(double part) => part <= 0.5 ? PathSegment.BrockettFlow : PathSegment.SingularValues;

    private (int Layer, double Part) Locate(double time)
    {
        if (!(time is >= 0 and <= 1)) throw new InvalidInputException($"Times of a path lie in 0 … 1, found {time}.");
        double position = time * _layers.Length;
        int layer = Math.Min((int)position, _layers.Length - 1);
        return (layer + 1, position - layer);
    }

    private readonly record struct PathPoint(IReadOnlyList<Matrix> Features, double Cost, double MovingCost);

    private PathPoint? TryAt(int layer, double part, out string reason)
    {
        reason = "";
        var features = new Matrix[_start.Length];
        for (int m = 0; m < features.Length; m++) features[m] = _start[m];
        (features[layer], double moving) = _layers[layer - 1].At(part);
        double cost = moving;
        for (int m = layer + 1; m < _start.Length - 1; m++) cost += _startCosts[m];

        // At the end of the last part ranks fall to rank(Y); before it they are N.
        bool isEnd = layer == _layers.Length && part >= 1;
        for (int m = layer - 1; m >= 1; m--)
        {
            if (!_problem.TryProduce(features, m + 1, out Matrix? produced, out string? missing))
            {
                reason = $"The path leaves the range of an activation while layer {layer} moves: {missing} Theorem 4.3 needs activations onto R; train with one, such as --activation asinh, or start from smaller features, such as --scale 0.1.";
                return null;
            }
            features[m] = Product.Multiply(_layers[m - 1].Orthogonal, produced).Scaled(Math.Sqrt(Constants[m - 1]));
            cost += isEnd ? _layers[^1].EndRank / (2 * Constants[m - 1]) : _layers[m - 1].EndCost;
        }
        return new PathPoint(features, cost, moving);
    }

    private bool TryRecord(int samplesPerLayer, out string reason)
    {
        reason = "";
        var samples = new List<PathSample>();
        var drops = new List<RankDrop>();
        int count = _layers.Length;
        for (int layer = 1; layer <= count; layer++)
        {
            PathDeterminants? last = null;
            for (int i = layer == 1 ? 0 : 1; i <= samplesPerLayer; i++)
            {
                double part = (double)i / samplesPerLayer;
                if (TryAt(layer, part, out reason) is not { } point) return false;
                (IReadOnlyList<Matrix> features, double cost, double moving) = point;
                samples.Add(new PathSample((layer - 1 + part) / count, layer, Segment(part), cost, moving));
                if (layer == count && i == samplesPerLayer)
                {
                    EndIsCollapsed = IsCollapsed(features);
                    continue;
                }
                var now = new PathDeterminants(part, _problem, features, layer);
                for (int m = 2; m <= layer && last is not null; m++)
                {
                    if (now.Signs[m] * last.Signs[m] >= 0) continue;
                    if (TryFindDrop(layer, m, last, now, out reason) is not { } drop) return false;
                    drops.Add(drop);
                }
                last = now;
            }
        }
        Samples = samples;
        RankDrops = [.. drops.OrderBy(d => d.Time)];
        LargestIncrease = double.NegativeInfinity;
        for (int i = 1; i < samples.Count; i++) LargestIncrease = Math.Max(LargestIncrease, (samples[i].Cost - samples[i - 1].Cost) / samples[i - 1].Cost);
        return true;
    }

    /// <summary>The zero of a determinant between two times, by false position with Illinois weights.</summary>
    private RankDrop? TryFindDrop(int layer, int singular, PathDeterminants low, PathDeterminants high, out string reason)
    {
        double reference = Math.Max(low.LogSizes[singular], high.LogSizes[singular]);
        double lowTime = low.Time, highTime = high.Time, lowValue = low.Scaled(singular, reference), highValue = high.Scaled(singular, reference);
        double time = highTime;
        if (TryAt(layer, time, out reason) is not { } point) return null;
        for (int i = 0, side = 0; i < 60 && highTime - lowTime > 4 * Tolerances.MachineEpsilon; i++)
        {
            time = lowTime - (lowValue * (highTime - lowTime) / (highValue - lowValue));
            if (!(time > lowTime && time < highTime)) time = 0.5 * (lowTime + highTime);
            if (TryAt(layer, time, out reason) is not { } tried) return null;
            point = tried;
            double value = new PathDeterminants(time, _problem, point.Features, layer).Scaled(singular, reference);
            if (Math.Abs(value) < 1e-14) break;
            if (value * lowValue > 0)
            {
                (lowTime, lowValue) = (time, value);
                if (side == -1) highValue *= 0.5;
                side = -1;
            }
            else
            {
                (highTime, highValue) = (time, value);
                if (side == 1) lowValue *= 0.5;
                side = 1;
            }
        }
        double smallest = double.NaN;
        if (_problem.TryProduce(point.Features, singular, out Matrix? produced, out _))
        {
            double[] values = SingularValueDecomposition.SingularValues(produced);
            smallest = values[^1] / values[0];
        }
        return new RankDrop((layer - 1 + time) / _layers.Length, singular, smallest, point.Cost, 1 / (2 * Constants[singular - 2]));
    }

    private bool IsCollapsed(IReadOnlyList<Matrix> features)
    {
        if (_problem.Data.Labels.Length == 0) return false;
        var classes = new Partition(_problem.Data.Labels, _problem.Data.OutputDimension);
        return Enumerable.Range(1, _layers.Length).All(l =>
        {
            ClassCentroids centroids = ClassCentroids.Compute(features[l], classes);
            return centroids.WithinVariation <= Tolerances.Collapsed * Tolerances.Collapsed * (centroids.WithinVariation + centroids.BetweenVariation);
        });
    }
}
