using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Minimizers;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Minimizers;

public sealed class LemmaB1ProblemTests
{
    /// <summary>A of some rank, C, and B's rows.</summary>
    private static readonly Gen<(LemmaB1Problem Problem, int Rows)> Problems =
        from samples in Gen.Int[2, 9]
        from n in Gen.Int[1, samples]
        from rank in Gen.Int[1, n]
        from target in Matrices.OfSpectrum(n, samples, Matrices.Spectra(rank, 0.1, 10))
        from constant in Logarithmic(0.1, 10)
        from more in Gen.Int[0, 3]
        select (new LemmaB1Problem(target, constant), n + more);

    private static readonly Gen<(LemmaB1Problem Problem, Matrix Best)> Minimizers =
        Problems.SelectMany(p => Matrices.Orthonormal(p.Rows, p.Problem.Target.Rows).Select(factor => (p.Problem, p.Problem.Minimizer(factor))));

    /// <summary>B whose row space holds that of A, rotated inside, with singular values at shares 0.2 … 1 of what the constraint allows.</summary>
    private static readonly Gen<(LemmaB1Problem Problem, Matrix Features)> Feasible =
        from p in Problems
        from rank in Gen.Int[p.Problem.Rank, Math.Min(p.Rows, p.Problem.Target.Columns)]
        from shares in Gen.OneOf(Gen.Const(1.0), Gen.Double[0.2, 1]).Array[rank]
        from rotation in Matrices.Orthonormal(rank, rank)
        from left in Matrices.Orthonormal(p.Rows, rank)
        select (p.Problem, Matrices.Compose(left, Allowed(p.Problem, shares), Product.Multiply(Rows(p.Problem, rank).Transpose(), rotation)));

    [Fact]
    public void Minimizer_IsFeasible() => Minimizers.Sample(m => m.Problem.IsFeasible(m.Best, out _), iter: 200);

    [Fact]
    public void Minimizer_AttainsRankOverTwoC() =>
        Minimizers.Sample(m => Math.Abs(m.Problem.Value(m.Best) - m.Problem.Minimum) <= 1e-10 * m.Problem.Minimum, iter: 200);

    [Fact]
    public void Features_WithinTheConstraint_AreFeasible() => Feasible.Sample(f => f.Problem.IsFeasible(f.Features, out _), iter: 400);

    [Fact]
    public void Value_OfFeasibleFeatures_IsNotBelowTheMinimum() =>
        Feasible.Sample(f => f.Problem.Value(f.Features) >= f.Problem.Minimum * (1 - 1e-10), iter: 400);

    [Fact]
    public void Feasibility_OutsideTheConstraints_NamesTheOneThatFails()
    {
        RandomStream stream = Stream(3);
        var problem = new LemmaB1Problem(Gaussian(3, 6, stream), 1);
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

    /// <summary>An orthonormal basis, r×N, of a row space that holds that of A.</summary>
    private static Matrix Rows(LemmaB1Problem problem, int rank) =>
        SingularValueDecomposition.Full(problem.Target).RightTransposed.Block(0, 0, rank, problem.Target.Columns);

    /// <summary>Singular values that do not grow and stay below √C·s_i(A) for i ≤ rank(A).</summary>
    private static double[] Allowed(LemmaB1Problem problem, double[] shares)
    {
        double[] bounds = SingularValueDecomposition.SingularValues(problem.Target), values = new double[shares.Length];
        double last = double.PositiveInfinity;
        for (int i = 0; i < values.Length; i++)
        {
            double bound = i < problem.Rank ? Math.Sqrt(problem.Constant) * bounds[i] : last;
            values[i] = last = Math.Min(last, shares[i] * bound);
        }
        return values;
    }
}
