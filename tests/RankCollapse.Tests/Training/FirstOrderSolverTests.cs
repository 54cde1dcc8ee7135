using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Tests.Training;

/// <summary>Adam and gradient descent against their update rules, one number at a time.</summary>
public sealed class FirstOrderSolverTests
{
    [Theory]
    [InlineData(RateSchedule.Constant)]
    [InlineData(RateSchedule.Cosine)]
    public void Adam_IsTheRuleOfItsPaper(RateSchedule schedule)
    {
        TrainingProblem problem = TrainingProblem.Clusters(hasBias: true), twin = problem.Again();
        var rate = new LearningRate(3e-3, schedule, 60);
        var solver = new AdamSolver(problem.Objective(), problem.Network, rate);
        Assert.True(solver.Start());
        Objective objective = twin.Objective();
        var gradient = new Network(twin.Network.Specification);
        double[] w = twin.Network.Parameters, m = new double[w.Length], v = new double[w.Length];
        for (int t = 1; t <= 50; t++)
        {
            objective.ValueAndGradient(twin.Network, gradient);
            double eta = schedule == RateSchedule.Constant ? 3e-3 : 3e-3 * 0.5 * (1 + Math.Cos(Math.PI * (t - 1) / 60));
            for (int i = 0; i < w.Length; i++)
            {
                double g = gradient.Parameters[i];
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                w[i] -= eta * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + 1e-8);
            }
            Assert.Equal(StepOutcome.Moved, solver.Step());
        }
        Assert.True(TensorPrimitives.Distance<double>(w, problem.Network.Parameters) <= 1e-11 * TensorPrimitives.Norm<double>(w));
        Assert.Equal(51, solver.GradientEvaluations);
        AssertStateIsOfTheCurrentPoint(solver, problem);
    }

    [Fact]
    public void GradientDescent_IsTheHeavyBall()
    {
        TrainingProblem problem = TrainingProblem.Clusters(hasBias: true), twin = problem.Again();
        var solver = new GradientDescentSolver(problem.Objective(), problem.Network, new LearningRate(0.05, RateSchedule.Constant, 0), 0.8);
        Assert.True(solver.Start());
        Objective objective = twin.Objective();
        var gradient = new Network(twin.Network.Specification);
        double[] w = twin.Network.Parameters, v = new double[w.Length];
        for (int t = 1; t <= 50; t++)
        {
            objective.ValueAndGradient(twin.Network, gradient);
            for (int i = 0; i < w.Length; i++)
            {
                v[i] = (0.8 * v[i]) + gradient.Parameters[i];
                w[i] -= 0.05 * v[i];
            }
            Assert.Equal(StepOutcome.Moved, solver.Step());
        }
        Assert.True(TensorPrimitives.Distance<double>(w, problem.Network.Parameters) <= 1e-12 * TensorPrimitives.Norm<double>(w));
        AssertStateIsOfTheCurrentPoint(solver, problem);
    }

    /// <summary>Every length up to 40 covers whole lanes and remainders; a step of single numbers is the same to the bit.</summary>
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
                Assert.Equal(i < length ? Math.FusedMultiplyAdd(w[i], 0.3, g[i]) : g[i], g1[i]);
                Assert.Equal(g1[i], g2[i]);
                Assert.Equal(i < length ? g1[i] * v[i] : 0, d[i]);
            }
        }

        double[] Draw() => [.. Enumerable.Range(0, 40).Select(_ => stream.NextGaussian())];
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Rates_ThatAreNotPositive_AreRefused(double rate) =>
        Assert.Throws<InvalidInputException>(() => new LearningRate(rate, RateSchedule.Constant, 0));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void Momentum_OutsideItsRange_IsRefused(double momentum)
    {
        TrainingProblem problem = TrainingProblem.Clusters();
        Assert.Throws<InvalidInputException>(() => new GradientDescentSolver(problem.Objective(), problem.Network, new LearningRate(1, RateSchedule.Constant, 0), momentum));
    }

    [Fact]
    public void CosineRate_FallsFromAllToNothing()
    {
        var rate = new LearningRate(2, RateSchedule.Cosine, 100);
        Assert.Equal(2, rate.At(0));
        Assert.Equal(1, rate.At(50), 1e-15);
        Assert.Equal(0, rate.At(100));
        Assert.Equal(0, rate.At(1000));
    }

    private static void AssertStateIsOfTheCurrentPoint(Solver solver, TrainingProblem problem)
    {
        Objective fresh = problem.Objective();
        var gradient = new Network(problem.Network.Specification);
        Assert.Equal(fresh.ValueAndGradient(solver.Network, gradient), solver.Value);
        Assert.Equal(gradient.Parameters, solver.Gradient.Parameters);
        Assert.Equal(fresh.GradientSize, solver.GradientSize);
        Assert.Equal(fresh.Features[1].AsSpan(), solver.Objective.Features[1].AsSpan());
    }
}
