using CsCheck;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class FreeFeatureForecastTests
{
    private static readonly Gen<(NetworkSpecification Shape, DataSet Data, ObjectiveSettings Settings)> Problems =
        from counts in Gen.Int[1, 6].Array[2, 4]
        from depth in Gen.Int[2, 5]
        from width in Gen.Int[2, 6]
        from convention in Gen.Enum<Convention>()
        from lambda in Gen.Double[0.001, 0.3]
        from delta in Gen.Double[0.1, 3]
        select (Shape(counts, depth, width, "identity"), FreeFeatures.Create(counts.Sum(), counts.Length, counts),
            Settings(convention, lambda, delta));

    [Theory]
    [InlineData(2, "identity", Convention.Mean, 5e-3, 1.0, 12)]
    [InlineData(3, "identity", Convention.Sum, 0.1, 1.0, 12)]
    [InlineData(4, "identity", Convention.Equation3, 2e-3, 1.0, 12)]
    [InlineData(3, "identity", Convention.Mean, 5e-3, 0.3, 12)]
    [InlineData(2, "identity", Convention.Mean, 2e-2, 1.0, 12)]
    [InlineData(2, "identity", Convention.Mean, 5e-3, 1.0, 2)]
    [InlineData(3, "relu", Convention.Mean, 5e-3, 1.0, 12)]
    public void Training_ReachesTheMinimum(int depth, string activation, Convention convention, double lambda, double delta, int width)
    {
        int[] counts = [8, 5, 4, 3];
        DataSet data = FreeFeatures.Create(20, 4, counts);
        NetworkSpecification shape = Shape(counts, depth, width, activation);
        ObjectiveSettings settings = Settings(convention, lambda, delta);
        var network = new Network(shape);
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 1);
        var solver = new GaussNewtonSolver(new Objective(shape, data, settings), network);
        using (var trainer = new Trainer(solver, new TrainingOptions { GradientTolerance = 1e-9, MaxEpochs = 1000 }))
            trainer.Run(TestContext.Current.CancellationToken);
        Forecast forecast = FreeFeatureForecast.Compute(shape, data, settings);
        Assert.Equal(forecast.Objective, solver.Value.Total, 1e-8 * forecast.Objective);
        Matrix[] features = solver.Network.Features(data.Inputs);

        // With relu two classes may share a direction of Z^1 at the same cost, one on each side of 0.
        if (activation == "relu") return;
        for (int l = 1; l <= depth; l++)
        {
            Assert.InRange(forecast.Layers[l - 1].FeatureDistance(SingularValueDecomposition.SingularValues(features[l]))!.Value, 0, 1e-8);
            Assert.InRange(forecast.Layers[l - 1].WeightDistance(SingularValueDecomposition.SingularValues(solver.Network.Weights(l)))!.Value, 0, 1e-8);
        }
        MeasuredFeatures last = CollapseMeasurement.LastHiddenLayer(solver.Network, data, out _)!;
        Assert.InRange(last.WithinVariation, 0, 1e-15);
        Assert.All(CollapseMeasurement.Classes(solver.Network, data).Where(one => one.MeanNorm > 0.1 && width >= 4),
            one => Assert.Equal(1, one.Alignment!.Value, 1e-8));
    }

    /// <summary>No network is below the minimum: neither random ones nor those near the minimiser.</summary>
    [Fact]
    public void Objective_IsBelowThatOfEveryNetwork() => Gen.Select(Problems, Gen.Int[0, 1_000_000], Gen.Double[0, 1]).Sample((problem, seed, size) =>
    {
        Forecast forecast = FreeFeatureForecast.Compute(problem.Shape, problem.Data, problem.Settings);
        var stream = new RandomStream(seed, RandomPurpose.Sampling);
        var network = new Network(problem.Shape);
        Assert.Equal(forecast.Objective, new Objective(problem.Shape, problem.Data, problem.Settings).Value(Minimiser(network, forecast, problem.Data)).Total,
            1e-10 * forecast.Objective);
        for (int i = 0; i < network.Parameters.Length; i++) network.Parameters[i] += size * size * stream.NextGaussian();
        return new Objective(problem.Shape, problem.Data, problem.Settings).Value(network).Total >= forecast.Objective * (1 - 1e-12);
    }, iter: 300);

    /// <summary>The class size where the two minima of one direction are equally low, found by trying all p.</summary>
    [Theory]
    [InlineData(2, 0.02)]
    [InlineData(3, 0.014)]
    [InlineData(5, 0.01)]
    public void LostClassSize_IsWhereTheClassesAreLost(int depth, double lambda)
    {
        ObjectiveSettings settings = Settings(Convention.Mean, lambda, 0.7);
        double size = FreeFeatureForecast.LostClassSize(Shape([3, 3], depth, 4, "identity"), settings, 30)!.Value;
        ObjectiveCoefficients factors = settings.Coefficients(depth, 30);
        double product = Math.Pow(0.7, 1.0 / depth) * lambda;
        foreach (double part in (double[])[0.97, 1.03])
        {
            double target = Math.Sqrt(part * size), zero = 0.5 * factors.DataFactor * target * target;
            double least = Enumerable.Range(1, 20_000).Select(i => i * target / 20_000)
                .Min(p => (0.5 * factors.DataFactor * (p - target) * (p - target)) + (0.5 * depth * product * Math.Pow(p, 2.0 / depth)));
            Assert.Equal(part > 1, least < zero);
        }
    }

    [Fact]
    public void OtherData_OrPenalties_HaveNone()
    {
        NetworkSpecification shape = Shape([3, 3], 3, 4, "identity");
        DataSet data = FreeFeatures.Create(6, 2);
        ObjectiveSettings settings = Settings(Convention.Mean, 0.01, 1);
        Assert.Throws<InvalidInputException>(() => FreeFeatureForecast.Compute(shape, GaussianMixture.Draw(6, 2, 6, 1, 1), settings));
        Assert.Throws<InvalidInputException>(() => FreeFeatureForecast.Compute(shape, data, settings with { LambdaFeatures = 0.1 }));
        Assert.Throws<InvalidInputException>(() => FreeFeatureForecast.Compute(shape, data, settings with { Delta = 0 }));
        Assert.Null(FreeFeatureForecast.LostClassSize(shape, settings with { Loss = Loss.CrossEntropy }, 6));
        Assert.Contains("relu", Assert.Single(FreeFeatureForecast.Compute(Shape([3, 3], 3, 4, "relu"), data, settings).UnmetHypotheses),
            StringComparison.Ordinal);
    }

    private static NetworkSpecification Shape(int[] counts, int depth, int width, string activation) => new(
        counts.Sum(), [.. Enumerable.Repeat(width, depth - 1), counts.Length], Architecture.Feedforward, false,
        [Activation.Identity, .. Enumerable.Repeat(Activation.Parse(activation), depth - 2), Activation.Identity]);

    private static ObjectiveSettings Settings(Convention convention, double lambda, double delta) =>
        new() { Convention = convention, Lambda = lambda, Delta = delta, LambdaFeatures = 0 };

    /// <summary>W_l = Σ_k s_k·e_ke_kᵀ with the classes in the order of their sizes, W_1 = Σ_k s_k·e_kv_kᵀ.</summary>
    private static Network Minimiser(Network network, Forecast forecast, DataSet data)
    {
        int[] order = [.. data.Labels.CountBy(label => label).OrderByDescending(one => one.Value).Select(one => one.Key)];
        int depth = network.Specification.Depth;
        for (int l = 1; l <= depth; l++)
        {
            IReadOnlyList<double> values = forecast.Layers[l - 1].WeightSingularValues!;
            for (int k = 0; k < values.Count; k++)
            {
                int row = l == depth ? order[k] : k;
                if (l > 1) network.Weights(l)[row, k] = values[k];
                int[] members = [.. Enumerable.Range(0, data.SampleCount).Where(i => data.Labels[i] == order[k])];
                foreach (int i in l == 1 ? members : []) network.Weights(1)[row, i] = values[k] / Math.Sqrt(members.Length);
            }
        }
        return network;
    }
}
