using CsCheck;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class CayleyStepTests
{
    private static readonly Gen<(Matrix Start, Matrix Skew, double Time)> Steps =
        from n in Gen.Int[1, 7]
        from start in Matrices.Orthonormal(n, n)
        from entries in Matrices.OfEntries(n, n)
        from time in Gen.Double[-2, 2]
        select (start, Matrix.FromEntries(n, n, (i, j) => entries[i, j] - entries[j, i]), time);

    [Fact]
    public void Step_FromAnOrthogonalMatrix_StaysOrthogonal() =>
        Steps.Sample(
            s =>
            {
                Matrix end = new CayleyStep(s.Skew, s.Time).Apply(s.Start);
                return Frobenius.Distance(Product.Gram(end), Matrix.Identity(end.Rows)) <= 1e-13 * end.Rows;
            },
            iter: 200);

    [Fact]
    public void Step_OfNoTime_IsTheStart() =>
        Steps.Sample(s => Frobenius.Distance(new CayleyStep(s.Skew, 0).Apply(s.Start), s.Start) <= 1e-14 * s.Start.Rows, iter: 200);

    [Fact]
    public void Generator_IsTheDerivativeInTheMovingFrame() =>
        Steps.Sample(
            s =>
            {
                const double step = 1e-5;
                var here = new CayleyStep(s.Skew, s.Time);
                Matrix ahead = new CayleyStep(s.Skew, s.Time + step).Apply(s.Start), behind = new CayleyStep(s.Skew, s.Time - step).Apply(s.Start);
                Matrix expected = Product.Multiply(here.Apply(s.Start), here.Generator());
                Matrix found = Matrix.FromEntries(ahead.Rows, ahead.Rows, (i, j) => (ahead[i, j] - behind[i, j]) / (2 * step));
                return Frobenius.Distance(found, expected) <= 1e-8 * (1 + Math.Pow(Frobenius.Norm(s.Skew), 3));
            },
            iter: 200);
}
