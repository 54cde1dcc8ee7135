using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Paths;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Paths;

public sealed class RankDropTests
{
    /// <summary>Rank drops of the paths of deep problems with two classes, about every second of which has one; none of paths that lose their digits.</summary>
    private static readonly Gen<(CollapsePath Path, RankDrop Drop)[]> Drops =
        from sizes in Gen.Int[3, 5].Array[2]
        from problem in Squares(sizes, 4, Activation.Parse("asinh"))
        from start in Interpolations(problem, 0.1, 1.2)
        select DropsOf(problem, start);

    private static (CollapsePath Path, RankDrop Drop)[] DropsOf(FeatureProblem problem, Matrix[] start)
    {
        try
        {
            var path = CollapsePath.Compute(problem, start, new CollapsePathOptions { SamplesPerLayer = 64 });
            return [.. path.RankDrops.Select(drop => (path, drop))];
        }
        catch (InvalidInputException e) when (e.Message.Contains("At t = ", StringComparison.Ordinal))
        {
            return [];
        }
    }

    [Fact]
    public void SmallestSingularValue_AtADrop_VanishesToRounding() =>
        Drops.Sample(drops => drops.All(d => d.Drop.SmallestSingularValue is >= 0 and <= 1e-9), iter: 300);

    [Fact]
    public void Drop_IsOneOverTwoCOfTheLayerBefore() =>
        Drops.Sample(drops => drops.All(d => Math.Abs(d.Drop.Drop - (1 / (2 * d.Path.Constants[d.Drop.Layer - 2]))) <= 1e-12), iter: 300);

    [Fact]
    public void Drops_AreOfLayersThatOthersFollow() => Drops.Sample(drops => drops.All(d => d.Drop.Layer is 2 or 3), iter: 300);

    [Fact]
    public void Drops_ComeInOrder() => Drops.Sample(drops => drops.Zip(drops.Skip(1)).All(p => p.First.Drop.Time <= p.Second.Drop.Time), iter: 300);

    [Fact]
    public void Drops_AreFoundInMostPaths()
    {
        // The properties above would hold of no drops at all.
        int found = 0;
        Drops.Sample(drops => { Interlocked.Add(ref found, drops.Length); }, iter: 300);
        Assert.True(found >= 100, $"{found} rank drops");
    }
}
