using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training;

/// <summary>Mini-batches in single precision against those in double.</summary>
public sealed class SingleBatchesTests
{
    /// <summary>Value, parts and gradient are those of doubles to single precision, for every loss, convention, architecture and some activations.</summary>
    [Fact]
    public void ValueAndGradient_AreThoseOfDoublesToRounding()
    {
        foreach (Loss loss in Enum.GetValues<Loss>())
            foreach (Convention convention in Enum.GetValues<Convention>())
                foreach (Architecture architecture in Enum.GetValues<Architecture>())
                    foreach (string activation in (string[])["tanh", "relu", "gelu"])
                    {
                        TrainingProblem problem = TrainingProblem.Random(
                            7, Activation.Parse(activation), loss, convention, architecture, hasBias: architecture == Architecture.Residual);
                        Objective whole = problem.Objective();
                        int size = Math.Max(1, problem.Data.SampleCount - 2);
                        var doubles = new SampleBatches(whole, size, dropsLast: false, decaysApart: false, seed: 3);
                        var singles = new SingleBatches(whole, size, dropsLast: false, decaysApart: false, seed: 3);
                        singles.TakeFrom(problem.Network);
                        var gradient = new Network(problem.Network.Specification);
                        var found = new double[gradient.Parameters.Length];
                        for (long step = 0; step < 2 * doubles.Count; step++)
                        {
                            (ObjectiveValue value, GradientSize length) = doubles.ValueAndGradient(step, problem.Network, gradient);
                            (ObjectiveValue single, GradientSize ofSingle) = singles.ValueAndGradient(step, problem.Network, gradient.Copy());
                            double tolerance = 1e-6 * (1e-3 + value.Total);
                            Assert.Equal(value.Total, single.Total, tolerance);
                            Assert.Equal(value.DataLoss, single.DataLoss, 1e-6 * (1e-3 + value.DataLoss));
                            Assert.Equal(value.WeightPenalty, single.WeightPenalty, tolerance);
                            Assert.Equal(value.FeaturePenalty, single.FeaturePenalty, tolerance);
                            Assert.Equal(length.Norm, ofSingle.Norm, 1e-5 * length.Norm);
                            TensorPrimitives.ConvertTruncating<float, double>(singles.Gradient, found);

                            // Relative to what the gradient is the sum of, which may cancel.
                            double scale = length.Norm / Math.Min(1, length.Relative);
                            Assert.True(TensorPrimitives.Distance<double>(gradient.Parameters, found) <= 1e-6 * scale);
                        }
                    }
    }

    /// <summary>Trainings in single precision stay near those in double for as long as rounding does not grow.</summary>
    [Theory]
    [InlineData("sgd", false)]
    [InlineData("sgd", true)]
    [InlineData("adam", false)]
    [InlineData("adamw", false)]
    public void FiftySteps_AreThoseOfDoublesToRounding(string name, bool nesterov)
    {
        TrainingProblem problem = TrainingProblem.Clusters(hasBias: true);
        var settings = new SolverSettings { Entry = Solvers.All.Parse(name), LearningRate = 1e-3, Nesterov = nesterov, BatchSize = 16, MaxEpochs = 40 };
        var ends = new List<double[]>();
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            TrainingProblem twin = problem.Again();
            Solver solver = (settings with { Precision = precision }).CreateSolver(twin.Objective(), twin.Network);
            Assert.True(solver.Start());
            for (int step = 0; step < 50; step++) Assert.Equal(StepOutcome.Moved, solver.Step());
            solver.Measure();
            ends.Add(twin.Network.Parameters);
        }
        double moved = TensorPrimitives.Distance<double>(problem.Network.Parameters, ends[0]);
        Assert.InRange(TensorPrimitives.Distance<double>(ends[0], ends[1]), 1e-9 * moved, 3e-5 * moved);
        Assert.All(ends[1], parameter => Assert.Equal(parameter, (float)parameter));
    }

    [Fact]
    public void Steps_AreTheSameBitsOnAnyNumberOfThreads()
    {
        int before = Product.MaxThreads;
        var ends = new List<double[]>();
        foreach (int threads in (int[])[1, 3])
        {
            TrainingProblem problem = TrainingProblem.Clusters(hasBias: true, width: 300);
            var settings = new SolverSettings { Entry = Solvers.All.Parse("adam"), LearningRate = 1e-3, BatchSize = 15, Precision = Precision.Single };
            Product.MaxThreads = threads;
            Solver solver = settings.CreateSolver(problem.Objective(), problem.Network);
            solver.Start();
            for (int step = 0; step < 4; step++) solver.Step();
            Product.MaxThreads = before;
            ends.Add(problem.Network.Parameters);
        }
        Assert.Equal(ends[0], ends[1]);
    }
}
