using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.Paths;

namespace RankCollapse.Tests.Theory.Paths;

public sealed class LayerPathTests
{
    /// <summary>A of some rank, B_0 of full rank within the constraint, with distinct singular values as in Lemma B.2, and the path from it.</summary>
    private static readonly Gen<(LemmaB1Problem Problem, Matrix Start, LayerPath Path)> Paths =
        from samples in Gen.Int[2, 8]
        from n in Gen.Int[1, samples]
        from rank in Gen.Int[1, n]
        from target in Matrices.OfSpectrum(n, samples, Matrices.Spectra(rank, 0.5, 2))
        from ratios in Gen.Double[0.6, 0.9].Array[samples]
        let values = ratios.Select((_, i) => 0.5 * ratios.Take(i).Aggregate(1.0, (a, b) => a * b)).ToArray()
        from left in Matrices.Orthonormal(samples, samples)
        from right in Matrices.Orthonormal(samples, samples, 0.1, 1.4)
        let start = Matrices.Compose(left, values, right)
        from constant in Gen.Double[1, 3]
        select (new LemmaB1Problem(target, constant), start, new LayerPath(target, start, constant, new BrockettFlowOptions()));

    /// <summary>Points before the last singular values have vanished, where the tolerance of the flow's end counts.</summary>
    private static readonly Gen<(LemmaB1Problem Problem, Matrix Features, double Cost)> Points =
        Gen.Select(Paths, Gen.Double[0, 0.75]).Select((p, time) =>
        {
            (Matrix features, double cost) = p.Path.At(time);
            return (p.Problem, features, cost);
        });

    [Fact]
    public void Path_BeginsAtTheStart() => Paths.Sample(p => Frobenius.RelativeDistance(p.Path.At(0).Features, p.Start) <= 1e-12, iter: 200);

    [Fact]
    public void Path_EndsAtAMinimizer(
        ) => Paths.Sample(p => Math.Abs(p.Problem.Value(p.Path.At(1).Features) - p.Problem.Minimum) <= 1e-9 * p.Problem.Minimum, iter: 200);

    [Fact]
    public void Features_AlongThePath_AreFeasible() => Points.Sample(p => p.Problem.IsFeasible(p.Features, out _), iter: 300);

    [Fact]
    public void Cost_AlongThePath_IsThatOfTheFeatures() => Points.Sample(p => Math.Abs(p.Problem.Value(p.Features) - p.Cost) <= 1e-7 * p.Cost, iter: 300);

    [Fact]
    public void Cost_NeverGrows() =>
        Paths.Sample(
            p =>
            {
                double[] costs = [.. Enumerable.Range(0, 101).Select(i => p.Path.At(i / 100.0).Cost)];
                return costs.Zip(costs.Skip(1)).All(c => c.Second <= c.First * (1 + 1e-12));
            },
            iter: 200);

    [Fact]
    public void Factor_OfTheEnd_HasOrthonormalColumns() =>
        Paths.Sample(p => Frobenius.Distance(Product.Gram(p.Path.Orthogonal), Matrix.Identity(p.Path.Orthogonal.Columns)) <= 1e-12, iter: 200);
}
