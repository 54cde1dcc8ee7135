using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Paths;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Paths;

public sealed class BrockettFlowTests
{
    private static readonly BrockettFlowOptions Rough = new() { Tolerance = 1e-9, MaxSteps = 20000 };

    /// <summary>D_1, D_2 and Q_0 of the size of D_1, with entries over five orders of magnitude of φ, in random order.</summary>
    private static readonly Gen<(double[] First, double[] Second, Matrix Start)> Problems =
        Gen.Int[1, 9].SelectMany(n => Gen.Select(Logarithmic(1, 300).Array[n], Logarithmic(1, 300).Array[n], Starts(n)));

    /// <summary>D_1 of a smaller rank with equal entries, as in the last layer of Theorem 4.3.</summary>
    private static readonly Gen<(double[] First, double[] Second, Matrix Start)> Degenerate =
        from n in Gen.Int[4, 11]
        from rank in Gen.Int[1, 3]
        from second in Logarithmic(1, 100).Array[n]
        from start in Starts(n)
        select (Enumerable.Range(0, n).Select(i => i < rank ? 3.0 : 0).ToArray(), second, start);

    /// <summary>Flows in both directions; steepest descent slows down as entries get close, and so gets distinct ones.</summary>
    private static readonly Gen<BrockettFlow> Flows = Gen.OneOf(
        Problems.Select(p => BrockettFlow.Integrate(p.First, p.Second, p.Start, Rough)),
        Gen.Int[1, 4].SelectMany(n => Gen.Select(Spaced(n), Spaced(n), Starts(n))).Select(p =>
            BrockettFlow.Integrate(p.Item1, p.Item2, p.Item3, Rough with { Direction = BrockettDirection.SteepestDescent })));

    /// <summary>
    /// A saddle whose value is above the minimum by g of it falls by g·θ² at an angle θ from it, which rounding (1e−17) hides where entries are nearly equal:
    /// one with g = 1.6e−9 held a flow that came as near as θ = 1e−4.
    /// </summary>
    [Fact]
    public void Flow_FromAnyStart_ArrivesOrStopsWhereEntriesAreNearlyEqual() =>
        Flows.Sample(flow => flow.HasArrived || flow.Values[^1] - flow.Minimum <= 1e-8 * flow.Minimum, iter: 400);

    [Fact]
    public void Flow_AtItsEnd_HasTheMinimum() => Flows.Sample(flow => flow.Value(flow.End) - flow.Minimum <= 1e-8 * flow.Minimum, iter: 400);

    [Fact]
    public void Flow_AfterEveryStep_IsOrthogonal() => Flows.Sample(flow => flow.OrthogonalityError <= 1e-12, iter: 400);

    [Fact]
    public void Values_NeverGrow() => Flows.Sample(flow => flow.Values.Zip(flow.Values.Skip(1)).All(p => p.Second <= p.First), iter: 400);

    [Fact]
    public void Values_AtTheQuartersOfSteps_DoNotGrowEither() =>
        Problems.Sample(p => LargestRise(BrockettFlow.Integrate(p.First, p.Second, p.Start), 4) <= 1e-12, iter: 200);

    [Fact]
    public void Values_BetweenTheQuarters_RiseByLittleWhereTheyDo() =>
        Problems.Sample(p => LargestRise(BrockettFlow.Integrate(p.First, p.Second, p.Start), 20) <= 1e-3, iter: 200);

    [Fact]
    public void Curve_BetweenSteps_IsOrthogonal() =>
        Problems.Sample(
            p =>
            {
                var flow = BrockettFlow.Integrate(p.First, p.Second, p.Start);
                Matrix identity = Matrix.Identity(p.First.Length);
                return Enumerable.Range(0, 101).All(i => Frobenius.Distance(Product.Gram(flow.At(i / 100.0)), identity) <= 1e-12);
            },
            iter: 200);

    [Fact]
    public void Flow_OfEqualAndVanishingEntries_Arrives() =>
        Degenerate.Sample(p => BrockettFlow.Integrate(p.First, p.Second, p.Start).HasArrived, iter: 200);

    [Fact]
    public void Values_OfEqualAndVanishingEntries_NeverGrow() =>
        Degenerate.Sample(
            p =>
            {
                IReadOnlyList<double> values = BrockettFlow.Integrate(p.First, p.Second, p.Start).Values;
                return values.Zip(values.Skip(1)).All(v => v.Second <= v.First);
            },
            iter: 200);

    [Fact]
    public void Flow_AtAStrictSaddle_StaysAndSaysSo()
    {
        // The exceptional starts of measure zero: a permutation in the wrong order.
        var options = new BrockettFlowOptions { Direction = BrockettDirection.SteepestDescent };
        var flow = BrockettFlow.Integrate([2, 1], [1, 3], Matrix.FromRows([0, 1], [1, 0]), options);
        Assert.Equal(0, flow.StepCount);
        Assert.False(flow.HasArrived);
        Assert.True(BrockettFlow.Integrate([2, 1], [3, 1], Matrix.FromRows([0, 1], [1, 0])).HasArrived);
    }

    [Fact]
    public void Flow_OutsideItsHypotheses_IsRefused()
    {
        Assert.Throws<InvalidInputException>(() => BrockettFlow.Integrate([1, 2], [1, 2], Gaussian(2, 2, Stream(1))));
        Assert.Throws<InvalidInputException>(() => BrockettFlow.Integrate([1, 2], [1], Matrix.Identity(2)));
        Assert.Throws<InvalidInputException>(() => BrockettFlow.Integrate([1, -2], [1, 2], Matrix.Identity(2)));
        Assert.Throws<InvalidInputException>(() => BrockettFlow.Integrate([1, 2], [1, 0], Matrix.Identity(2)));
    }

    /// <summary>The largest relative growth of φ from one point to the next, with so many points in each step.</summary>
    private static double LargestRise(BrockettFlow flow, int pointsPerStep)
    {
        int count = Math.Max(1, pointsPerStep * flow.StepCount);
        double[] values = [.. Enumerable.Range(0, count + 1).Select(i => flow.Value(flow.At((double)i / count)))];
        return values.Zip(values.Skip(1)).Max(v => (v.Second - v.First) / v.First);
    }

    /// <summary>Q_0 away from the saddles, which are permutations up to signs: starts on them are the exceptions of measure zero.</summary>
    private static Gen<Matrix> Starts(int size) => Matrices.Orthonormal(size, size, 0.1, 1.4);

    /// <summary>Distinct entries in random order.</summary>
    private static Gen<double[]> Spaced(int count) =>
        Gen.Double[0, 0.2].Array[count].Select(offsets => offsets.Select((offset, i) => 1 + (0.5 * i) + offset).ToArray()).SelectMany(Gen.Shuffle);
}
