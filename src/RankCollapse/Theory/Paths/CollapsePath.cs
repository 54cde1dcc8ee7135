using System.Numerics.Tensors;
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
    /// <summary>2⁻³⁰: where features have grown a millionfold on the way, they are linear in W_1 to six digits below it.</summary>
    private const double LeastScale = 1.0 / (1 << 30);

    /// <summary>Activations are linear to six digits at features of this size.</summary>
    private const double LinearReach = 1e-3;

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

    /// <summary>The largest (L(γ(t_{i+1})) − L(γ(t_i)))/L(γ(t_i)) over recorded times; at most 0, or rounding, for a path that never grows.</summary>
    public double LargestIncrease { get; private set; }

    /// <summary>The largest relative error that rounding may have made in a recorded cost.</summary>
    public double LargestError => Samples.Max(s => s.Error / s.Cost);

    /// <summary>The largest recorded cost; where it is the start's, inf over paths of sup_t L(γ(t)) ≤ L(γ(0)) is seen on this path.</summary>
    public double LargestCost => Samples.Max(s => s.Cost);

    /// <summary>The limit of the cost at t = 1 from before, where all ranks but that of the last layer are N.</summary>
    public double LimitAtEnd => _curve.LimitAtEnd();

    /// <summary>The largest ‖QᵀQ − I‖_F in the flows, and ‖OᵀO − I‖_F of the factors of layers that follow.</summary>
    public double OrthogonalityError => _curve.Layers.Max(l => Math.Max(l.Flow.OrthogonalityError, l.OrthogonalityError));

    /// <summary>The layers whose share of the cost stays while they move: they were √C times isometries of the next layer's preimage already.</summary>
    public IReadOnlyList<int> LayersAtTheirLeast =>
    [
        .. Samples.Skip(1).GroupBy(s => s.Layer).Where(part => part.First().MovingCost - part.Last().MovingCost <= 1e-9 * part.First().MovingCost)
            .Select(part => part.Key),
    ];

    /// <summary>Whether the cost never grew between recorded times, by more than its error and 1e−12 of its size, what features lose on the way.</summary>
    public bool IsMonotone => Samples.Zip(Samples.Skip(1)).All(pair =>
        pair.Second.Cost - pair.First.Cost <= pair.First.Error + pair.Second.Error + (1e-12 * pair.First.Cost));

    /// <summary>Whether (I), (II) and (III) of Definition 4.1 hold at every recorded time.</summary>
    public bool IsInConstraints => Samples.All(s => s.IsInConstraints);

    /// <summary>Whether every flow arrived and the end has the least cost, to 1e−8 of its size and rounding.</summary>
    public bool ReachesMinimum =>
        _curve.Layers.All(l => l.Flow.HasArrived) && Math.Abs(EndCost - Minimum) <= (1e-8 * Minimum) + Samples[^1].Error;

    /// <summary>Whether the samples of a class coincide in each of the layers 1 … L − 1 at the end, as far as rounding lets them.</summary>
    public bool EndIsCollapsed { get; private set; }

    /// <summary>Whether all that the theorem says was found: always in S, the cost never grew, and the end has the least cost and has collapsed.</summary>
    public bool Holds => IsInConstraints && IsMonotone && ReachesMinimum && EndIsCollapsed;

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
    /// <param name="scale">The scale; null takes the first of 1, ½, ¼, … 2⁻³⁰ for which the path stays in that range and its costs keep
    /// their digits.</param>
    /// <param name="options">C, sampling, integration.</param>
    /// <returns>The path and its scale.</returns>
    /// <exception cref="InvalidInputException">As <see cref="Compute"/>; at no scale does the path stay in the range.</exception>
    public static (CollapsePath Path, double Scale) FromNetwork(
        FeatureProblem problem, Network network, double? scale = null, CollapsePathOptions? options = null)
    {
        double tried = scale ?? 1;
        while (true)
        {
            Matrix[] start = InterpolatingStart(problem, network, tried);
            if (TryCompute(problem, start, options, out string reason, out double reach) is { } path) return (path, tried);

            // Activations are close to linear at small features, and then what follows stays small: what fails there fails at every scale.
            if (scale is not null || tried <= LeastScale || reach < LinearReach) throw OutOfRange(reason);
            tried /= 2;
        }
    }

    /// <summary>Computes the path.</summary>
    /// <param name="problem">A feedforward shape whose hidden widths are all N, and data.</param>
    /// <param name="start">Z^0 = X, Z^1, …, Z^L = Y, with Z^1 … Z^{L−1} of rank N.</param>
    /// <param name="options">C, sampling, integration.</param>
    /// <exception cref="InvalidInputException">A hypothesis that the construction needs fails: the message names it.</exception>
    public static CollapsePath Compute(FeatureProblem problem, IReadOnlyList<Matrix> start, CollapsePathOptions? options = null) =>
        TryCompute(problem, start, options, out string reason, out _) ?? throw OutOfRange(reason);

    private static InvalidInputException OutOfRange(string reason) => new(reason) { Settings = ["scale"] };

    private static CollapsePath? TryCompute(
        FeatureProblem problem, IReadOnlyList<Matrix> start, CollapsePathOptions? options, out string reason, out double reach)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(start);
        options ??= new CollapsePathOptions();
        if (options.SamplesPerLayer < 2) throw new InvalidInputException($"A path needs at least 2 samples per layer, found {options.SamplesPerLayer}.");
        PathHypotheses.Require(problem, start);
        reach = Reach(start);
        if (!PathCheck.TryOf(problem, start, problem.Data.SampleCount, null, 0, out PathCheck? atStart, out string why))
        {
            reason = $"At the start of the path, {why} Start from better conditioned weights, or from features of another scale.";
            return null;
        }
        double[] constants = [.. Enumerable.Range(1, problem.Specification.Depth - 1).Select(l => atStart.Layer(l).Ratio * (1 + 1e-12))];
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
        return path.TryRecord(options.SamplesPerLayer, atStart, out reason, out reach) ? path : null;
    }

    /// <summary>γ(t): Z^0 … Z^L, and the cost there, computed from them.</summary>
    /// <param name="time">t ∈ [0, 1]; every layer moves during an equal share.</param>
    /// <exception cref="InvalidInputException">Features leave the range of an activation there.</exception>
    public PathState At(double time)
    {
        PathPoint point = _curve.At(time);
        PathCheck? check = _curve.TryCheck(point, null, out _);
        if (time == 1) return new PathState(point.Features, check?.Cost ?? point.Cost, LimitAtEnd, check?.Error ?? double.NaN);
        RankDrop[] here = [.. RankDrops.Where(d => Math.Abs(d.Time - time) <= 4 * Tolerances.MachineEpsilon)];
        if (here.Length > 0) return new PathState(point.Features, point.Cost - here.Sum(d => d.Drop), point.Cost, double.NaN);
        double cost = check?.Cost ?? point.Cost;
        return new PathState(point.Features, cost, cost, check?.Error ?? double.NaN);
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
            PathPoint point = _curve.At(time);
            PathCheck check = _curve.TryCheck(point, null, out string reason) ?? throw OutOfRange(reason);
            result.Add(point.ToSample(time, check, Constants));
        }
        return result;
    }

    /// <summary>The largest entry of hidden features.</summary>
    private static double Reach(IReadOnlyList<Matrix> features) =>
        features.Skip(1).SkipLast(1).Max(z => Math.Abs(TensorPrimitives.MaxMagnitude<double>(z.AsSpan())));

    private bool TryRecord(int samplesPerLayer, PathCheck atStart, out string reason, out double reach)
    {
        (reason, reach) = ("", double.PositiveInfinity);
        var samples = new List<PathSample>();
        var drops = new List<RankDrop>();
        int count = _curve.Layers.Count;
        for (int layer = 1; layer <= count; layer++)
        {
            PathDeterminants? last = null;
            for (int i = layer == 1 ? 0 : 1; i <= samplesPerLayer; i++)
            {
                if (_curve.TryAt(layer, (double)i / samplesPerLayer, out reason) is not { } point) return false;
                reach = Reach(point.Features);
                if (_curve.TryCheck(point, atStart, out reason) is not { } check) return false;
                reach = double.PositiveInfinity;
                samples.Add(point.ToSample(_curve.TimeOf(point), check, Constants));
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
