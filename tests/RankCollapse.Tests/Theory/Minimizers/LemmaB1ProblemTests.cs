using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Minimizers;

public sealed class LemmaB1ProblemTests
{
    private static Matrix OfRank(int rows, int columns, int rank, RandomStream stream) =>
        Product.Multiply(Gaussian(rows, rank, stream), Gaussian(rank, columns, stream));

    private static (LemmaB1Problem Problem, int Rows) Draw(RandomStream stream)
    {
        int samples = 2 + stream.NextInteger(8), n = 1 + stream.NextInteger(samples), rank = 1 + stream.NextInteger(n);
        Matrix target = OfRank(n, samples, rank, stream);
        return (new LemmaB1Problem(target, Math.Exp(stream.NextGaussian())), n + stream.NextInteger(4));
    }

    [Fact]
    public void Minimizer_IsFeasibleAndAttainsRankOverTwoC() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                (LemmaB1Problem problem, int rows) = Draw(stream);
                Matrix best = problem.Minimizer(RandomMatrix.HaarOrthogonal(rows, problem.Target.Rows, stream));
                return problem.IsFeasible(best, out _) && Math.Abs(problem.Value(best) - problem.Minimum) <= 1e-12 * problem.Minimum * Condition(problem.Target);
            },
            iter: 200);

    [Fact]
    public void Value_OfAnyFeasibleFeatures_IsNotBelowTheMinimum() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                (LemmaB1Problem problem, int rows) = Draw(stream);
                int samples = problem.Target.Columns;

                // The row space of A rotated inside a row space that holds it, with singular values inside the constraint.
                SingularValueDecomposition a = SingularValueDecomposition.Full(problem.Target);
                int rank = problem.Rank + stream.NextInteger(Math.Min(rows, samples) - problem.Rank + 1);
                Matrix right = Product.Multiply(RandomMatrix.HaarOrthogonal(rank, rank, stream), a.RightTransposed.Block(0, 0, rank, samples));
                double last = double.PositiveInfinity;
                for (int i = 0; i < rank; i++)
                {
                    double bound = i < problem.Rank ? Math.Sqrt(problem.Constant) * a.Values[i] : last;
                    last = Math.Min(last, bound * (stream.NextInteger(3) == 0 ? 1 : 0.2 + (0.8 * stream.NextUniform())));
                    System.Numerics.Tensors.TensorPrimitives.Multiply(right.Row(i), last, right.Row(i));
                }
                Matrix b = Product.Multiply(RandomMatrix.HaarOrthogonal(rows, rank, stream), right);
                return problem.IsFeasible(b, out _) && problem.Value(b) >= problem.Minimum * (1 - 1e-10);
            },
            iter: 400);

    [Fact]
    public void Feasibility_OutsideTheConstraints_NamesTheOneThatFails()
    {
        RandomStream stream = Stream(3);
        var problem = new LemmaB1Problem(OfRank(3, 6, 3, stream), 1);
        Matrix best = problem.Minimizer(RandomMatrix.HaarOrthogonal(4, 3, stream));
        Assert.False(problem.IsFeasible(best.Scaled(1.1), out string? tooLarge));
        Assert.Contains("above C = 1", tooLarge);
        Assert.False(problem.IsFeasible(Gaussian(4, 6, stream).Scaled(1e-3), out string? elsewhere));
        Assert.Contains("row space", elsewhere);
        Assert.False(problem.IsFeasible(Gaussian(2, 6, stream), out string? narrow));
        Assert.Contains("m ≥ n", narrow);
        Assert.Throws<InvalidInputException>(() => problem.Minimizer(Gaussian(4, 3, stream)));
        Assert.Throws<InvalidInputException>(() => new LemmaB1Problem(best, 0));
    }

    [Fact]
    public void ResidualValue_IsZeroAtTheTargetAloneAndPositiveElsewhere() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                int samples = 1 + stream.NextInteger(6);
                Matrix a = Gaussian(samples, samples, stream), b = Gaussian(samples, samples, stream);
                Func<double, double> g = stream.NextInteger(2) == 0 ? Math.Sinh : x => x * Math.Abs(x);
                return LemmaC1Problem.Value(a, a, g) == 0 && LemmaC1Problem.Value(a, b, g) > 0;
            },
            iter: 200);

    [Fact]
    public void ResidualValue_OfFeaturesThatCannotRepresent_IsInfinite()
    {
        RandomStream stream = Stream(4);
        Matrix a = Gaussian(3, 6, stream), b = Gaussian(3, 6, stream);
        Assert.Equal(double.PositiveInfinity, LemmaC1Problem.Value(a, b, x => x));
        Assert.Throws<ShapeMismatchException>(() => LemmaC1Problem.Value(a, Gaussian(4, 6, stream), x => x));
    }

    [Fact]
    public void BlowUp_ValuesGrowAsTheInverseSquareOfTheDistance() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                int samples = 3 + stream.NextInteger(5), n = 2 + stream.NextInteger(samples - 2), rank = 1 + stream.NextInteger(n - 1);
                Matrix target = Gaussian(n, samples, stream), limit = OfRank(n + samples, samples, rank, stream);
                IReadOnlyList<LemmaA6Point> points = LemmaA6Sequence.Along(target, limit, [1e-1, 1e-2, 1e-3, 1e-4]);
                return points.All(p => p.Residual < 1e-8)
                    && points.Zip(points.Skip(1)).All(p => p.Second.Distance < p.First.Distance && p.Second.Value > p.First.Value)
                    && Math.Abs((points[3].Value / points[2].Value) - 100) < 10;
            },
            iter: 200);

    [Fact]
    public void BlowUp_OfARepresentableLimit_IsRefused()
    {
        Matrix a = Gaussian(3, 5, Stream(1));
        Assert.Throws<InvalidInputException>(() => LemmaA6Sequence.Along(a, a, [0.1]));
    }

    private static double Condition(Matrix a)
    {
        double[] values = SingularValueDecomposition.SingularValues(a);
        int rank = NumericalRank.Of(values, 1e-12);
        return Math.Max(1, values[0] / values[rank - 1]);
    }
}
