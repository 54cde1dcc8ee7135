using CsCheck;
using RankCollapse.Theory.Paths;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Paths;

/// <summary>Paths of Theorem 4.3 from interpolating starts of full rank.</summary>
internal static class PathInstances
{
    private static readonly CollapsePathOptions Quick = new() { SamplesPerLayer = 24 };

    /// <summary>Paths of 1 … 12 samples with the problem.</summary>
    internal static readonly Gen<(FeatureProblem Problem, CollapsePath Path)> Small = Of(4);

    /// <summary>Classes of so many samples at most.</summary>
    internal static Gen<(FeatureProblem Problem, CollapsePath Path)> Of(int samplesPerClass) =>
        from sizes in ClassSizes(3, samplesPerClass)
        from depth in Gen.Int[2, 4]
        from activation in Analytic
        from problem in Squares(sizes, depth, activation)
        from start in Interpolations(problem)
        select (problem, CollapsePath.Compute(problem, start, Quick));
}
