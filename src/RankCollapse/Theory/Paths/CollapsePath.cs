using RankCollapse.Collapse;
using RankCollapse.Data;
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

    private readonly PathCurve _curve;

    private CollapsePath(PathCurve curve) => _curve = curve;

    /// <summary>C_1 … C_{L−1} of (II) at indices 0 … L − 2.</summary>
    public IReadOnlyList<double> Constants => _curve.Constants;

    /// <summary>The recorded times with their costs.</summary>
    public IReadOnlyList<PathSample> Samples { get; private set; } = [];

    /// <summary>The jumps that were found before t = 1.</summary>
    public IReadOnlyList<RankDrop> RankDrops { get; private set; } = [];

    /// <summary>The parts in which one layer moves, in order.</summary>
    public IEnumerable<PathPart> Parts
    {
        get
        {
            PathSample last = Samples[0];
            foreach (IGrouping<int, PathSample> part in Samples.GroupBy(s => s.Layer))
            {
                PathSample end = part.Last();
                int drops = RankDrops.Count(d => d.Time > last.Time && d.Time <= end.Time);
                yield return new PathPart(part.Key, Constants[part.Key - 1], last.Cost, end.Cost, drops);
                last = end;
            }
        }
    }

    /// <summary>L(γ(0)).</summary>
    public double StartCost => Samples[0].Cost;

    /// <summary>L(γ(1)).</summary>
    public double EndCost => Samples[^1].Cost;

    /// <summary>Σ_l rank(Y)/(2C_l), the least cost; (L − 1)/2·rank(Y)/C of Theorem 4.2 for one C.</summary>
    public double Minimum { get; private init; }

    /// <summary>The largest (L(γ(t_{i+1})) − L(γ(t_i)))/L(γ(t_i)) over recorded times; at most 0 for a path that never grows.</summary>
    public double LargestIncrease { get; private set; }

    /// <summary>The largest ‖QᵀQ − I‖_F in the flows.</summary>
    public double OrthogonalityError => _curve.Layers.Max(l => l.Flow.OrthogonalityError);

    /// <summary>Whether the cost never grew between recorded times, to 1e−12 of its size.</summary>
    public bool IsMonotone => LargestIncrease <= 1e-12;

    /// <summary>Whether every flow arrived and the end has the least cost, to 1e−8 of its size.</summary>
    public bool ReachesMinimum => _curve.Layers.All(l => l.Flow.HasArrived) && Math.Abs(EndCost - Minimum) <= 1e-8 * Minimum;

    /// <summary>Whether the samples of a class coincide in each of the layers 1 … L − 1 at the end, as far as rounding lets them.</summary>
    public bool EndIsCollapsed { get; private set; }

    /// <summary>Whether all that the theorem says was found: the cost never grew, and the end has the least cost and has collapsed.</summary>
    public bool Holds => IsMonotone && ReachesMinimum && EndIsCollapsed;

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
        if (!(scale > 0) || double.IsInfinity(scale))
            throw new InvalidInputException($"The scale of a start is positive and finite, found {scale}.") { Settings = ["scale"] };
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
    public static (CollapsePath Path, double Scale) FromNetwork(
        FeatureProblem problem, Network network, double? scale = null, CollapsePathOptions? options = null)
    {
        double tried = scale ?? 1;
        while (true)
        {
            if (TryCompute(problem, InterpolatingStart(problem, network, tried), options, out string reason) is { } path) return (path, tried);

            // Activations are close to linear at small features, and then what follows stays small.
            if (scale is not null || tried <= LeastScale) throw OutOfRange(reason);
            tried /= 2;
        }
    }

    /// <summary>Computes the path.</summary>
    /// <param name="problem">A feedforward shape whose hidden widths are all N, and data.</param>
    /// <param name="start">Z^0 = X, Z^1, …, Z^L = Y, with Z^1 … Z^{L−1} of rank N.</param>
    /// <param name="options">C, sampling, integration.</param>
    /// <exception cref="InvalidInputException">A hypothesis that the construction needs fails: the message names it.</exception>
    public static CollapsePath Compute(FeatureProblem problem, IReadOnlyList<Matrix> start, CollapsePathOptions? options = null) =>
        TryCompute(problem, start, options, out string reason) ?? throw OutOfRange(reason);

    private static InvalidInputException OutOfRange(string reason) => new(reason) { Settings = ["scale"] };

    private static CollapsePath? TryCompute(FeatureProblem problem, IReadOnlyList<Matrix> start, CollapsePathOptions? options, out string reason)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(start);
        options ??= new CollapsePathOptions();
        if (options.SamplesPerLayer < 2) throw new InvalidInputException($"A path needs at least 2 samples per layer, found {options.SamplesPerLayer}.");
        PathHypotheses.Require(problem, start);
        double[] constants = [.. FeatureConstraints.Check(problem, start, 1).Layers.Select(l => l.LargestRatio * (1 + 1e-12))];
        if (options.Constant is { } given)
        {
            double least = constants.Max();
            if (!(given >= least)) throw new InvalidInputException($"The start satisfies (II) only for C ≥ {least:G6}, found C = {given:G6}.");
            Array.Fill(constants, given);
        }
        var layers = new LayerPath[constants.Length];
        for (int l = 1; l <= layers.Length; l++)
        {
            if (!problem.TryProduce(start, l + 1, out Matrix? target, out string? missing)) throw new InvalidInputException(missing);
            layers[l - 1] = new LayerPath(target, start[l], constants[l - 1], options.Flow);
        }
        int rank = NumericalRank.Of(problem.Data.Targets);
        var path = new CollapsePath(new PathCurve(problem, [.. start], layers, constants))
        {
            Minimum = constants.Sum(c => rank / (2 * c)),
            UnmetHypotheses = [.. PathHypotheses.Unmet(problem)],
        };
        return path.TryRecord(options.SamplesPerLayer, out reason) ? path : null;
    }

    /// <summary>γ(t): Z^0 … Z^L, and the cost there.</summary>
    /// <param name="time">t ∈ [0, 1]; every layer moves during an equal share.</param>
    /// <exception cref="InvalidInputException">Features leave the range of an activation there.</exception>
    public (IReadOnlyList<Matrix> Features, double Cost) At(double time)
    {
        PathPoint point = _curve.At(time);
        return (point.Features, point.Cost);
    }

    /// <summary>
    /// Corollary B.4: k points γ(T_0) … γ(T_{k−1}) of the path with T_0 = 0, T_{k−1} = 1, away from the jumps, and their costs, which never grow.
    /// </summary>
    /// <param name="count">k ≥ 2. Times are T_j = j/(k − 1), moved by less than 1/(4k) where a jump lies closer than that to rounding.</param>
    public IReadOnlyList<PathSample> Discretize(int count)
    {
        if (count < 2) throw new InvalidInputException($"A discretisation needs at least 2 points, found {count}.");
        var result = new List<PathSample>();
        for (int j = 0; j < count; j++)
        {
            double time = (double)j / (count - 1);
            while (j > 0 && j < count - 1 && RankDrops.Any(d => Math.Abs(d.Time - time) < 1e-12)) time += 1e-3 / count;
            result.Add(_curve.At(time).ToSample(time));
        }
        return result;
    }

    private bool TryRecord(int samplesPerLayer, out string reason)
    {
        reason = "";
        var samples = new List<PathSample>();
        var drops = new List<RankDrop>();
        int count = _curve.Layers.Count;
        for (int layer = 1; layer <= count; layer++)
        {
            PathDeterminants? last = null;
            for (int i = layer == 1 ? 0 : 1; i <= samplesPerLayer; i++)
            {
                if (_curve.TryAt(layer, (double)i / samplesPerLayer, out reason) is not { } point) return false;
                samples.Add(point.ToSample(_curve.TimeOf(point)));
                if (layer == count && i == samplesPerLayer)
                {
                    EndIsCollapsed = IsCollapsed(point.Features);
                    continue;
                }
                var now = new PathDeterminants(_curve, point);
                foreach (int m in last is null ? [] : now.ChangesSince(last))
                {
                    if (PathDeterminants.TryFindDrop(m, last!, now, out reason) is not { } drop) return false;
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

    private bool IsCollapsed(IReadOnlyList<Matrix> features)
    {
        DataSet data = _curve.Problem.Data;
        if (data.Labels.Length == 0) return false;
        var classes = new Partition(data.Labels, data.OutputDimension);
        return Enumerable.Range(1, _curve.Layers.Count).All(l => CollapseVerdict.Of(ClassCentroids.Compute(features[l], classes)).IsCollapsed);
    }
}
