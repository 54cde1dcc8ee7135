using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Tests.Theory.Certificates;
using RankCollapse.Tests.Training;
using RankCollapse.Theory.Rivals;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Theory.Rivals;

public sealed class MiniBatchBoundTests
{
    private static readonly Gen<SolverSettings> Descents =
        from momentum in Gen.OneOf(Gen.Const(0.0), Gen.Const(0.5), Gen.Const(0.9))
        from nesterov in Gen.Bool
        from size in Gen.Int[1, 9]
        from dropsLast in Gen.Bool
        from schedule in Gen.Enum<RateSchedule>()
        from rate in Gen.Double[1e-4, 1e-2]
        from warmup in Gen.Int[0, 2]
        select new SolverSettings
        {
            Entry = Solvers.All.Parse("sgd"),
            LearningRate = rate,
            Momentum = momentum,
            Nesterov = nesterov,
            BatchSize = size,
            DropLast = dropsLast,
            Schedule = schedule,
            Milestones = [1, 2],
            MaxEpochs = 3,
            WarmupEpochs = warmup,
            Seed = 7,
        };

    [Fact]
    public void Bounds_HoldAtAnyPoint_ForAnyDescent() =>
        Gen.Select(TrainingPoint.WithKinks(1), Descents).Sample(
            (point, settings) =>
            {
                SolverSettings solver = settings with { BatchSize = Math.Min(settings.BatchSize!.Value, point.Data.SampleCount) };
                return MiniBatchBound.Compute(point.Network, point.Data, point.Settings, solver, 3)!.Holds;
            },
            iter: 200);

    [Fact]
    public void Bound_AfterTheFirstEpoch_IsWhatEarlierBatchesBrought()
    {
        // From 0, by steps too small for gradients to change: a column of W for each sample.
        DataSet data = new("unit", Matrix.Identity(4), Matrix.FromEntries(3, 4, (i, j) => (i + (2 * j)) % 5), []);
        var network = new Network(new NetworkSpecification(4, [3], outputActivation: Activation.Identity));
        ObjectiveSettings objective = new() { Convention = Convention.Sum, Lambda = 0.5, Delta = 1, LambdaFeatures = 0 };
        SolverSettings solver = new() { Entry = Solvers.All.Parse("sgd"), LearningRate = 1e-9, Momentum = 0, BatchSize = 1, Schedule = RateSchedule.Constant };
        Solver trained = solver.CreateSolver(new Objective(network.Specification, data, objective), network);
        trained.Start();
        for (int i = 0; i < 4; i++) trained.Step();
        LayerBatchBound layer = MiniBatchBound.Compute(trained.Network, data, objective, solver, 1)!.Layers[0];
        Assert.Equal([1, 2], layer.Bounds.Select(bound => bound.Rank));
        foreach (BatchRankBound bound in layer.Bounds)
            Assert.Equal(Rest(trained.Network.Weights(1), 4 - bound.Batches, solver), bound.Bound, 1e-6 * layer.WeightNorm);
    }

    [Fact]
    public void Bound_OfAllSamplesAtAStationaryPoint_IsWhatTheDecayLeaves()
    {
        // One linear layer: W = Y·Xᵀ(XXᵀ + λI)⁻¹, where −g = λW, so that one step of all N = 2 samples leaves 1 − ηλ of W.
        Matrix inputs = Matrix.FromEntries(5, 2, (i, j) => i == j ? 2 : 0), targets = Matrix.FromEntries(4, 2, (i, j) => 1 + i + (3 * j));
        var network = new Network(new NetworkSpecification(5, [4]));
        const double Lambda = 0.3, Rate = 0.1;
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 2; j++) network.Weights(1)[i, j] = targets[i, j] * 2 / (4 + Lambda);
        ObjectiveSettings objective = new() { Convention = Convention.Sum, Lambda = Lambda, Delta = 1, LambdaFeatures = 0 };
        SolverSettings solver = new() { Entry = Solvers.All.Parse("sgd"), LearningRate = Rate, Momentum = 0, Schedule = RateSchedule.Constant };
        LayerBatchBound layer = MiniBatchBound.Compute(network, new DataSet("two", inputs, targets, []), objective, solver, 9)!.Layers[0];
        BatchRankBound bound = Assert.Single(layer.Bounds);
        Assert.Equal(2, bound.Rank);
        Assert.Equal((1 - (Rate * Lambda)) * layer.WeightNorm, bound.Bound, 1e-12);
        Assert.Equal(2 * Math.Ceiling(Math.Log(0.05) / Math.Log(1 - (Rate * Lambda))), layer.RankForeseen(0.05, 2));
        Assert.True(bound.Distance <= 1e-12 * layer.WeightNorm);
    }

    /// <summary>W_T is the decayed sum of the batches' gradients along the steps that led to it, whatever momentum and rates.</summary>
    [Fact]
    public void Weights_AreTheDecayedSumAlongTheSteps() =>
        Gen.Select(Descents, Gen.Int[1, 8]).Sample(
            (settings, back) =>
            {
                TrainingProblem problem = TrainingProblem.Clusters();
                Objective objective = problem.Objective();
                var batches = settings.ToBatches(objective, decaysApart: false)!;
                const int Steps = 9;
                int count = problem.Network.Parameters.Length;
                double[] velocity = new double[count];
                List<double[]> weights = [[.. problem.Network.Parameters]], velocities = [[.. velocity]], gradients = [];
                Network at = problem.Network.Copy(), gradient = new(at.Specification);
                double own = settings.Nesterov ? 1 : 0, following = settings.Nesterov ? settings.Momentum : 1;
                for (int t = 0; t < Steps; t++)
                {
                    batches.ValueAndGradient(t, at, gradient);
                    double rate = settings.ToLearningRate().At(t, batches.Count);
                    for (int i = 0; i < count; i++)
                    {
                        velocity[i] = (settings.Momentum * velocity[i]) + gradient.Parameters[i];
                        at.Parameters[i] -= rate * ((own * gradient.Parameters[i]) + (following * velocity[i]));
                    }
                    gradients.Add([.. gradient.Parameters]);
                    weights.Add([.. at.Parameters]);
                    velocities.Add([.. velocity]);
                }
                for (int l = 1, offset = 0; l <= at.Specification.Depth; offset += at.Weights(l).Length, l++)
                {
                    double lambda = objective.Coefficients.WeightFactorOf(l);
                    int length = at.Weights(l).Length;
                    var sum = new DecayedSum(settings, Steps, batches.Count, lambda);
                    var expected = new double[length];
                    for (int k = 1; k <= back; k++)
                    {
                        double coefficient = sum.Next();
                        for (int i = 0; i < length; i++)
                            expected[i] -= coefficient * (gradients[Steps - k][offset + i] - (lambda * weights[Steps - k][offset + i]));
                    }
                    for (int i = 0; i < length; i++)
                    {
                        expected[i] += (sum.OfWeights * weights[Steps - back][offset + i]) + (sum.OfVelocity * velocities[Steps - back][offset + i]);
                        if (Math.Abs(expected[i] - weights[Steps][offset + i]) > 1e-12) return false;
                    }
                }
                return true;
            },
            iter: 50);

    [Fact]
    public void Adam_HasNoSuchBound()
    {
        TrainingProblem problem = TrainingProblem.Clusters();
        Assert.Null(MiniBatchBound.Compute(
            problem.Network, problem.Data, problem.Settings, new SolverSettings { Entry = Solvers.All.Parse("adam"), BatchSize = 2 }, 5));
    }

    private static double Rest(Matrix weights, int columns, SolverSettings solver)
    {
        var order = new BatchOrder(weights.Columns, 1, dropsLast: false, solver.Seed);
        double squares = 0;
        for (int step = 0; step < columns; step++)
        {
            int column = order.Of(step)[0];
            for (int i = 0; i < weights.Rows; i++) squares += weights[i, column] * weights[i, column];
        }
        return Math.Sqrt(squares);
    }
}
