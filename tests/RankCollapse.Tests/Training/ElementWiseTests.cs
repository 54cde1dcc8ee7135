using RankCollapse.LinearAlgebra;
using RankCollapse.Training;

namespace RankCollapse.Tests.Training;

public sealed class ElementWiseTests
{
    /// <summary>Every length up to 40 covers whole lanes and remainders; a step of single numbers is the same to the bit.</summary>
    /// <remarks>Products are fused with sums where the machine can, in lanes and remainder alike.</remarks>
    [Fact]
    public void VectorPasses_RoundLanesAndRemainderAlike()
    {
        var stream = new RandomStream(8, RandomPurpose.Sampling);
        double[] g = Draw(), w = Draw(), m = Draw(), v = [.. Draw().Select(Math.Abs)];
        for (int length = 0; length <= 40; length++)
        {
            double[] wide = [.. w], single = [.. w], m1 = [.. m], m2 = [.. m], v1 = [.. v], v2 = [.. v];
            ElementWise.Adam(wide.AsSpan(0, length), g, m1, v1, 0.9, 0.999, 0.01, 1.5, 1e-8);
            for (int i = 0; i < length; i++) ElementWise.Adam(single.AsSpan(i, 1), g.AsSpan(i), m2.AsSpan(i), v2.AsSpan(i), 0.9, 0.999, 0.01, 1.5, 1e-8);
            Assert.Equal(single, wide);
            Assert.Equal(m2, m1);
            Assert.Equal(v2, v1);

            double[] g1 = [.. g], d = new double[40];
            double squares = ElementWise.ThroughActivation(g1.AsSpan(0, length), w, 0.3, v, d);
            double[] g2 = [.. g];
            PenaltySums sums = ElementWise.AddPenalty(g2.AsSpan(0, length), w, 0.3);
            double expected = w.Take(length).Sum(x => x * x);
            Assert.Equal(expected, squares, 1e-14 * expected);
            Assert.Equal(expected, sums.Weights, 1e-14 * expected);
            Assert.Equal(g.Take(length).Sum(x => x * x), sums.Without, 1e-13);
            Assert.Equal(g2.Take(length).Sum(x => x * x), sums.With, 1e-13);
            for (int i = 0; i < 40; i++)
            {
                Assert.Equal(i < length ? double.MultiplyAddEstimate(w[i], 0.3, g[i]) : g[i], g1[i]);
                Assert.Equal(g1[i], g2[i]);
                Assert.Equal(i < length ? g1[i] * v[i] : 0, d[i]);
            }
        }

        double[] Draw() => [.. Enumerable.Range(0, 40).Select(_ => stream.NextGaussian())];
    }
}
