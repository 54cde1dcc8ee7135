using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Minimizers;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Minimizers;

public sealed class LemmaC1ProblemTests
{
    private static readonly Gen<Func<double, double>> Functions = Gen.OneOf<Func<double, double>>(Math.Sinh, x => x * Math.Abs(x));

    private static readonly Gen<(Matrix Target, Matrix Other)> Pairs =
        Gen.Int[1, 6].SelectMany(n => Gen.Select(Matrices.OfEntries(n, n), Matrices.WellConditioned(n, n)))
            .Select((target, change) => (target, Matrix.FromEntries(target.Rows, target.Columns, (i, j) => target[i, j] + change[i, j])));

    [Fact]
    public void Value_AtTheTarget_IsZero() =>
        Gen.Select(Pairs, Functions).Sample((pair, g) => LemmaC1Problem.Value(pair.Target, pair.Target, g) == 0, iter: 200);

    [Fact]
    public void Value_Elsewhere_IsPositive() =>
        Gen.Select(Pairs, Functions).Sample((pair, g) => LemmaC1Problem.Value(pair.Target, pair.Other, g) > 0, iter: 200);

    [Fact]
    public void Value_OfFeaturesThatCannotRepresent_IsInfinite() =>
        Assert.Equal(double.PositiveInfinity, LemmaC1Problem.Value(Gaussian(3, 6, Stream(4)), Gaussian(3, 6, Stream(5)), x => x));

    [Fact]
    public void Features_OfAnotherSize_AreRefused() =>
        Assert.Throws<ShapeMismatchException>(() => LemmaC1Problem.Value(new Matrix(3, 6), new Matrix(4, 6), x => x));
}
