using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Paths;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Paths;

public sealed class BrockettFunctionTests
{
    private static readonly Gen<(BrockettFunction Function, Matrix Point)> Points =
        from n in Gen.Int[1, 6]
        from first in Logarithmic(1, 10).Array[n]
        from second in Logarithmic(1, 10).Array[n]
        from direction in Gen.Enum<BrockettDirection>()
        from point in Matrices.Orthonormal(n, n)
        select (new BrockettFunction(first, second, direction), point);

    [Fact]
    public void Minimum_IsNotAboveTheValueAtAnyOrthogonalMatrix() =>
        Points.Sample(p => p.Function.Value(p.Point) >= p.Function.Minimum * (1 - 1e-12), iter: 1000);

    [Fact]
    public void Value_IsTheSquaredNormOfTheProduct() =>
        Gen.Select(Logarithmic(1, 10).Array[4], Logarithmic(1, 10).Array[4], Matrices.Orthonormal(4, 4)).Sample(
            (first, second, q) =>
            {
                Matrix product = Matrix.FromEntries(4, 4, (i, j) => first[i] * q[i, j] * second[j]);
                double expected = Math.Pow(Frobenius.Norm(product), 2);
                return Math.Abs(new BrockettFunction(first, second, BrockettDirection.PlaneAngles).Value(q) - expected) <= 1e-13 * expected;
            },
            iter: 200);

    [Fact]
    public void Direction_IsSkew() =>
        Points.Sample(
            p =>
            {
                Matrix skew = p.Function.Direction(p.Point, out _);
                return Frobenius.Distance(skew, skew.Transpose().Scaled(-1)) == 0;
            },
            iter: 200);

    [Fact]
    public void Direction_DoesNotAscend() =>
        Points.Sample(
            p =>
            {
                p.Function.Direction(p.Point, out double slope);
                return slope <= 0;
            },
            iter: 200);

    [Fact]
    public void Slope_IsThatOfCentralDifferences() =>
        Points.Sample(
            p =>
            {
                const double step = 1e-5;
                Matrix skew = p.Function.Direction(p.Point, out double slope);
                double size = Math.Max(1, Frobenius.Norm(skew));
                double difference = p.Function.Value(Moved(step / size)) - p.Function.Value(Moved(-step / size));
                return Math.Abs((difference / (2 * step)) - (slope / size)) <= 1e-7 * p.Function.Value(p.Point);

                Matrix Moved(double by) => new CayleyStep(skew, by).Apply(p.Point);
            },
            iter: 200);
}
