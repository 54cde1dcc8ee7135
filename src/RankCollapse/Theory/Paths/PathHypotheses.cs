using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Theory.Paths;

/// <summary>What Theorem 4.3 asks of shape, data and start.</summary>
internal static class PathHypotheses
{
    /// <summary>Refuses configurations for which the path does not exist, with the hypothesis that fails.</summary>
    internal static void Require(FeatureProblem problem, IReadOnlyList<Matrix> start)
    {
        problem.RequireFeatures(start);
        NetworkSpecification specification = problem.Specification;
        int samples = problem.Data.SampleCount, depth = specification.Depth;
        if (specification.Architecture == Architecture.Residual)
            throw new InvalidInputException("Theorem 4.3 is about feedforward networks, but this one is residual; Theorem C.2's minimisers are built by "
                + "construct.");
        if (depth < 2) throw new InvalidInputException($"A path needs at least 2 layers, found {depth}.");
        for (int l = 1; l < depth; l++)
        {
            if (specification.Width(l) != samples)
                throw new InvalidInputException($"Theorem 4.3 needs hidden widths N = {samples}, but layer {l} has width {specification.Width(l)}.");
            int rank = NumericalRank.Of(start[l], Tolerances.PseudoInverseCutoff(samples, samples));
            if (rank < samples) throw new InvalidInputException($"Theorem 4.3 starts from features of full rank, but Z^{l} has rank {rank} of {samples}.");
        }
        if (specification.OutputDimension > samples)
            throw new InvalidInputException($"Theorem 4.3 needs K ≤ N, found {specification.OutputDimension} and {samples}.");
        double distance = Frobenius.RelativeDistance(start[depth], problem.Data.Targets);
        if (!(distance <= FeatureProblem.DefaultTolerance))
            throw new InvalidInputException($"Theorem 4.3 starts from Z^L = Y, but they differ by {distance:G3} relatively.");
        if (specification.HiddenActivations.FirstOrDefault(activation => !activation.IsHomeomorphism) is { } hidden)
            throw new InvalidInputException($"Theorem 4.3 needs homeomorphisms, but {hidden.Name} has no inverse.");
    }

    /// <summary>What the theorem asks beyond that.</summary>
    internal static IEnumerable<string> Unmet(FeatureProblem problem)
    {
        foreach (Activation activation in problem.Specification.HiddenActivations)
        {
            if (!activation.IsAnalytic) yield return $"activations are analytic ({activation.Name} is not), so that rank drops may be infinitely many";
            if (!activation.FixesZero) yield return $"activations fix 0 ({activation.Name} does not), so that the end may have another rank";
            if (!activation.IsOntoReals) yield return $"activations are onto R ({activation.Name} is not): paths may leave its range";
        }
    }
}
