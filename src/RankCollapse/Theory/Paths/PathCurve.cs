using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Theory.Paths;

/// <summary>One point of the path.</summary>
/// <param name="Layer">The layer that moves.</param>
/// <param name="Part">How much of its way it has gone, in 0 … 1.</param>
/// <param name="Features">Z^0 … Z^L.</param>
/// <param name="Cost">The cost by the path's formulas, with the ranks that hold beside the jumps.</param>
internal readonly record struct PathPoint(int Layer, double Part, IReadOnlyList<Matrix> Features, double Cost)
{
    /// <summary>The point as it is recorded at a time, with what was computed from its features.</summary>
    internal PathSample ToSample(double time, PathCheck check, IReadOnlyList<double> constants)
    {
        PathSegment segment = Part <= 0.5 ? PathSegment.BrockettFlow : PathSegment.SingularValues;
        double margin = check.SingularValueMargin(constants);
        return new(time, Layer, segment, check.Cost, check.Error, check.Layer(Layer).Cost, check.Representability, margin, check.RankMargin);
    }
}

/// <summary>γ: layer l moves along its own path while every layer before it stays at its minimum and those after it at the start.</summary>
/// <param name="problem">Shape and data.</param>
/// <param name="start">Z^0 … Z^L.</param>
/// <param name="layers">The paths of layers 1 … L − 1.</param>
/// <param name="constants">C_1 … C_{L−1}.</param>
internal sealed class PathCurve(FeatureProblem problem, IReadOnlyList<Matrix> start, IReadOnlyList<LayerPath> layers, IReadOnlyList<double> constants)
{
    private readonly double[] _startCosts = [.. layers.Select(l => l.At(0).Cost)];

    internal FeatureProblem Problem => problem;

    internal IReadOnlyList<LayerPath> Layers => layers;

    internal IReadOnlyList<double> Constants => constants;

    /// <summary>t of a point; every layer moves during an equal share.</summary>
    internal double TimeOf(PathPoint point) => (point.Layer - 1 + point.Part) / layers.Count;

    /// <summary>γ(t).</summary>
    /// <exception cref="InvalidInputException">t lies outside 0 … 1, or features leave the range of an activation there.</exception>
    internal PathPoint At(double time)
    {
        if (!(time is >= 0 and <= 1)) throw new InvalidInputException($"Times of a path lie in 0 … 1, found {time}.");
        double position = time * layers.Count;
        int layer = Math.Min((int)position, layers.Count - 1);
        return TryAt(layer + 1, position - layer, out string reason) ?? throw new InvalidInputException(reason);
    }

    /// <summary>The point where a layer has gone a part of its way, or why features leave the range of an activation there.</summary>
    internal PathPoint? TryAt(int layer, double part, out string reason)
    {
        reason = "";
        Matrix[] features = [.. start];
        (features[layer], double moving) = layers[layer - 1].At(part);
        double cost = moving;
        for (int m = layer; m < layers.Count; m++) cost += _startCosts[m];

        // At the end of the last part ranks fall to rank(Y); before it they are N.
        bool isEnd = layer == layers.Count && part >= 1;
        for (int m = layer - 1; m >= 1; m--)
        {
            if (!problem.TryProduce(features, m + 1, out Matrix? produced, out string? missing))
            {
                double time = (layer - 1 + part) / layers.Count;
                reason = $"At t = {time:G4}, while layer {layer} moves, the path leaves the range of an activation: {missing} Theorem 4.3 needs "
                    + "activations onto R, such as asinh; with others start from smaller features, such as with scale 0.1.";
                return null;
            }
            features[m] = Product.Multiply(layers[m - 1].Orthogonal, produced).Scaled(Math.Sqrt(constants[m - 1]));
            cost += isEnd ? layers[^1].EndRank / (2 * constants[m - 1]) : layers[m - 1].EndCost;
        }
        return new PathPoint(layer, part, features, cost);
    }

    /// <summary>Cost and conditions of a point from its features; null, with time and layer in the reason, where digits do not suffice.</summary>
    internal PathCheck? TryCheck(PathPoint point, PathCheck? known, out string reason)
    {
        bool isEnd = point.Layer == layers.Count && point.Part >= 1;
        int rank = isEnd ? layers[^1].EndRank : problem.Data.SampleCount;
        if (PathCheck.TryOf(problem, point.Features, rank, isEnd ? null : known, point.Layer, out PathCheck? check, out string why))
        {
            reason = "";
            return check;
        }
        double largest = point.Features.Skip(1).SkipLast(1).Max(z => Math.Abs(TensorPrimitives.MaxMagnitude<double>(z.AsSpan())));
        reason = $"At t = {TimeOf(point):G4}, while layer {point.Layer} moves, {why} Hidden features reach {largest:G3} there; start from smaller "
            + "ones, such as with scale 0.1, or from better conditioned weights.";
        return null;
    }

    /// <summary>Σ_l N/(2C_l) of the layers before the last and rank(Y)/(2C_{L−1}): the limit of the cost at t = 1.</summary>
    internal double LimitAtEnd() => layers.SkipLast(1).Sum(l => l.EndCost) + layers[^1].EndCost;
}
