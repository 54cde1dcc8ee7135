using RankCollapse.LinearAlgebra;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Theory.Paths;

/// <summary>det σ_m^{-1}(Z^m) of the layers m = 2 … l that others follow, at one time.</summary>
internal sealed class PathDeterminants
{
    internal PathDeterminants(double time, FeatureProblem problem, IReadOnlyList<Matrix> features, int layer)
    {
        Time = time;
        Signs = new int[layer + 1];
        LogSizes = new double[layer + 1];
        for (int m = 2; m <= layer; m++)
            if (problem.TryProduce(features, m, out Matrix? produced, out _)) (Signs[m], LogSizes[m]) = Determinant.Of(produced);
    }

    internal double Time { get; }

    internal int[] Signs { get; }

    internal double[] LogSizes { get; }

    internal double Scaled(int layer, double reference) => Signs[layer] * Math.Exp(LogSizes[layer] - reference);
}
