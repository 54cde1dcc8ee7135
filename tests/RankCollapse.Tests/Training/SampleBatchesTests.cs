using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Tests.Training.Solving;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training;

/// <summary>Mini-batches against the whole objective, and steps along them against their rules written out.</summary>
public sealed class SampleBatchesTests
{
    /// <summary>In every convention, loss and architecture the batches' objectives and gradients have those of all samples as their mean.</summary>
    [Fact]
    public void BatchesOfAnEpoch_HaveTheWholeObjectiveAndGradientAsTheirMean()
    {
        foreach (Loss loss in Enum.GetValues<Loss>())
            foreach (Convention convention in Enum.GetValues<Convention>())
                foreach (Architecture architecture in Enum.GetValues<Architecture>())
                {
                    TrainingProblem problem = TrainingProblem.Random(5, Activation.Tanh, loss, convention, architecture, hasBias: true);
                    Objective whole = problem.Objective();
                    var gradient = new Network(problem.Network.Specification);
                    ObjectiveValue value = whole.ValueAndGradient(problem.Network, gradient);
                    int samples = problem.Data.SampleCount;
                    var batches = new SampleBatches(whole, 1, dropsLast: false, decaysApart: false, seed: 3);
                    Assert.Equal(samples, batches.Count);
                    var mean = new double[gradient.Parameters.Length];
                    double total = 0, data = 0, features = 0;
                    var one = new Network(problem.Network.Specification);
                    for (long step = 0; step < samples; step++)
                    {
                        ObjectiveValue part = batches.ValueAndGradient(step, problem.Network, one).Value;
                        total += part.Total / samples;
                        data += part.DataLoss / samples;
                        features += part.FeaturePenalty / samples;
                        TensorPrimitives.MultiplyAdd(one.Parameters, 1.0 / samples, mean, mean);
                    }
                    Assert.Equal(value.Total, total, 1e-12 * (1 + value.Total));
                    Assert.Equal(value.DataLoss, data, 1e-12 * (1 + value.DataLoss));
                    Assert.Equal(value.FeaturePenalty, features, 1e-12 * (1 + value.FeaturePenalty));
                    Assert.True(TensorPrimitives.Distance<double>(mean, gradient.Parameters) <= 1e-12
                        * (1 + TensorPrimitives.Norm<double>(gradient.Parameters)));
                }
    }

    [Theory]
    [InlineData(8, false, 4)]
    [InlineData(8, true, 3)]
    [InlineData(10, false, 3)]
    [InlineData(30, true, 1)]
    public void Epoch_HasEverySampleOnceOrDropsTheRest(int size, bool dropsLast, int count)
    {
        // A network of one linear layer without penalties, and targets that name the sample: its gradient's columns say which samples a batch holds.
        const int Samples = 30;
        DataSet data = new("named", Matrix.Identity(Samples), Matrix.FromEntries(1, Samples, (_, j) => j + 1), []);
        var network = new Network(new NetworkSpecification(Samples, [1]));
        var whole = new Objective(network.Specification, data, new ObjectiveSettings { Lambda = 0, LambdaFeatures = 0 });
        var batches = new SampleBatches(whole, size, dropsLast, decaysApart: false, seed: 1);
        Assert.Equal(count, batches.Count);
        var orders = new List<int[]>();
        var gradient = new Network(network.Specification);
        for (long epoch = 0; epoch < 3; epoch++)
        {
            var seen = new List<int>();
            for (long number = 0; number < count; number++)
            {
                batches.ValueAndGradient((epoch * count) + number, network, gradient);
                int[] present = [.. Enumerable.Range(0, Samples).Where(i => gradient.Parameters[i] != 0)];
                bool isLast = number == count - 1 && !dropsLast && Samples % size != 0;
                Assert.Equal(isLast ? Samples % size : size, present.Length);
                Assert.All(present, i => Assert.Equal(-(i + 1) * (double)Samples / present.Length, gradient.Parameters[i], 1e-12));
                seen.AddRange(present);
            }
            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Equal(dropsLast ? Samples / size * size : Samples, seen.Count);
            orders.Add([.. seen]);
        }
        Assert.True(count == 1 || !orders[0].SequenceEqual(orders[1]));
        Assert.True(count == 1 || !orders[1].SequenceEqual(orders[2]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public void SizesOutsideTheSamples_AreRefusedByName(int size)
    {
        TrainingProblem problem = TrainingProblem.Clusters();
        var refusal = Assert.Throws<InvalidInputException>(() => new SampleBatches(problem.Objective(), size, false, false, 0));
        Assert.Contains("batch-size", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("30 samples", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AdamW_DecaysWeightsApartFromTheGradient()
    {
        const double Rate = 3e-3;
        TrainingProblem problem = TrainingProblem.Clusters(lambda: 0.3, hasBias: true), twin = problem.Again();
        var solver = new AdamSolver(
            problem.Objective(), problem.Network, new LearningRate(Rate, RateSchedule.Constant, 0), new SampleBatches(problem.Objective(), 30, false, true, 0));
        Assert.True(solver.Start());
        Objective bare = new(twin.Network.Specification, twin.Data, twin.Settings with { Lambda = 0, LambdaFeatures = 0 });
        var gradient = new Network(twin.Network.Specification);
        double[] w = twin.Network.Parameters, m = new double[w.Length], v = new double[w.Length];
        for (int t = 1; t <= 40; t++)
        {
            bare.ValueAndGradient(twin.Network, gradient);
            for (int l = 1; l <= 3; l++)
            {
                // δ = 1, and biases are not penalised in the convention of means.
                Span<double> weights = twin.Network.Weights(l).AsSpan();
                for (int i = 0; i < weights.Length; i++) weights[i] -= Rate * 0.3 * weights[i];
            }
            for (int i = 0; i < w.Length; i++)
            {
                double g = gradient.Parameters[i];
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                w[i] -= Rate * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + 1e-8);
            }
            Assert.Equal(StepOutcome.Moved, solver.Step());
        }
        Assert.True(TensorPrimitives.Distance<double>(w, problem.Network.Parameters) <= 1e-11 * TensorPrimitives.Norm<double>(w));
        Assert.False(solver.IsMeasured);
        solver.Measure();
        SolverState.IsOfTheCurrentPoint(solver, problem);
        Assert.Equal(41, solver.GradientEvaluations);
    }

    [Fact]
    public void Batches_AreAStepEach()
    {
        TrainingProblem problem = TrainingProblem.Clusters(hasBias: true), twin = problem.Again();
        SampleBatches Batches(TrainingProblem of) => new(of.Objective(), 8, dropsLast: false, decaysApart: false, seed: 9);
        var rate = new LearningRate(0.02, RateSchedule.Step, 0) { WarmupEpochs = 2, Milestones = [3, 5], Gamma = 0.5 };
        var solver = new GradientDescentSolver(problem.Objective(), problem.Network, rate, 0.8, isNesterov: true, Batches(problem));
        Assert.True(solver.Start());
        SampleBatches batches = Batches(twin);
        var gradient = new Network(twin.Network.Specification);
        double[] w = twin.Network.Parameters, v = new double[w.Length];
        for (int step = 0; step < 28; step++)
        {
            double eta = 0.02 * Math.Min(1, (step + 1) / 8.0) * (step >= 20 ? 0.25 : step >= 12 ? 0.5 : 1);
            batches.ValueAndGradient(step, twin.Network, gradient);
            for (int i = 0; i < w.Length; i++)
            {
                v[i] = (0.8 * v[i]) + gradient.Parameters[i];
                w[i] -= eta * (gradient.Parameters[i] + (0.8 * v[i]));
            }
            Assert.Equal(StepOutcome.Moved, solver.Step());
            Assert.Equal((step + 1) % 4 != 0, solver.IsInsideEpoch);
        }
        Assert.True(TensorPrimitives.Distance<double>(w, problem.Network.Parameters) <= 1e-12 * TensorPrimitives.Norm<double>(w));
    }
}
