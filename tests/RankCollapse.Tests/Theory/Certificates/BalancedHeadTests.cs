using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Certificates;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class BalancedHeadTests
{
    /// <summary>Networks with heads of 2 to 4 layers: balanced ones, W_l = U_{l+1}·S·U_lᵀ, and what is near them or far from them.</summary>
    private static readonly Gen<(Network Network, DataSet Data)> Heads =
        from layers in Gen.Int[2, 4]
        from before in Gen.Int[0, 2]
        from spread in Gen.OneOf(Gen.Const(0.0), Gen.Const(1e-6), Gen.Const(0.3))
        from imbalance in Gen.OneOf(Gen.Const(0.0), Gen.Const(1e-9), Gen.Const(1e-3), Gen.Const(1.0))
        from bias in Gen.Bool
        from seed in Gen.Int[0, 1_000_000]
        select Make(layers, before, spread, imbalance, bias, seed);

    [Fact]
    public void Bounds_AtAnyPoint_Hold() => Heads.Sample(one => BalancedHead.Compute(one.Network, one.Data)!.Holds, iter: 600);

    [Fact]
    public void Numbers_AreThoseOfTheirDefinitions() => Heads.Sample(
        one =>
        {
            BalancedHead head = BalancedHead.Compute(one.Network, one.Data)!;
            int depth = one.Network.Specification.Depth;
            Matrix[] features = one.Network.Features(one.Data.Inputs);
            Matrix z = features[depth - 1], last = one.Network.Weights(depth);
            double within = 0, between = 0, dot = 0, size = 0;
            for (int i = 0; i < z.Rows; i++)
            {
                double centre = Enumerable.Range(0, z.Columns).Average(j => z[i, j]);
                for (int k = 0; k < 3; k++)
                {
                    double[] members = [.. Enumerable.Range(0, z.Columns).Where(j => one.Data.Labels[j] == k).Select(j => z[i, j])];
                    double mean = members.Average();
                    within += members.Sum(value => (value - mean) * (value - mean));
                    between += members.Length * (mean - centre) * (mean - centre);
                    (dot, size) = (dot + (mean * last[k, i]), size + (mean * mean));
                }
            }
            Assert.Equal(within / between, head.Nc1.Value, 1e-9 * Math.Max(within / between, 1e-12));
            Assert.Equal(dot / Math.Sqrt(size) / Frobenius.Norm(last), head.Nc3.Value, 1e-12);
        }, iter: 100);

    /// <summary>A trained network with three linear layers is balanced, and what the theory says is near what is there.</summary>
    [Fact]
    public void TrainedWithWeightDecay_TheBoundsAreTight()
    {
        (Network network, DataSet data) = Make(3, 2, 0.05, 1, hasBias: false, seed: 3);
        var objective = new Objective(network.Specification, data, new ObjectiveSettings
        {
            Convention = Convention.Mean,
            Lambda = 3e-3,
            Delta = 1,
            LambdaFeatures = 0,
        });
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 1);
        var solver = new GaussNewtonSolver(objective, network);
        using (var trainer = new Trainer(solver, new TrainingOptions { GradientTolerance = 1e-10, MaxEpochs = 500 }, new TrainingObserver()))
            Assert.Equal(TrainingStatus.Converged, trainer.Run(TestContext.Current.CancellationToken).Status);
        BalancedHead head = BalancedHead.Compute(solver.Network, data)!;
        Assert.True(head.Holds);
        Assert.All(head.Imbalances, imbalance => Assert.InRange(imbalance, 0, 1e-7));
        Assert.InRange(head.LastCondition.Bound, head.LastCondition.Value * (1 - 1e-9), 1.001 * head.LastCondition.Value);
        Assert.InRange(head.Nc2.Bound, head.Nc2.Value * (1 - 1e-9), 1.05 * head.Nc2.Value);
        Assert.InRange(head.Nc3.Value - head.Nc3.Bound, -1e-9, 0.05);
        Assert.InRange(head.Nc1.Bound, head.Nc1.Value, 0.1);
    }

    [Fact]
    public void WithoutAHead_ThereIsNone()
    {
        (Network network, DataSet data) = Make(2, 1, 0.1, 1, hasBias: false, seed: 1);
        NetworkSpecification shape = network.Specification;
        Assert.Equal(2, shape.LinearHead);
        var curved = new Network(shape.With(activations: [Activation.Tanh, Activation.Tanh, Activation.Identity]), network.Parameters);
        Assert.Null(BalancedHead.Compute(curved, data));
        Assert.Null(BalancedHead.Compute(network, new DataSet("regression", data.Inputs, data.Targets, [])));
    }

    private static (Network Network, DataSet Data) Make(int layers, int before, double spread, double imbalance, bool hasBias, int seed)
    {
        var stream = new RandomStream(seed, RandomPurpose.Sampling);
        int[] labels = [0, 0, 1, 1, 1, 2, 2, 2, 2];
        Matrix means = RandomMatrix.Gaussian(5, 3, stream);
        Matrix inputs = Matrix.FromEntries(5, labels.Length, (i, j) => means[i, labels[j]] + (spread * stream.NextGaussian()));
        int[] widths = [.. Enumerable.Repeat(6, before + layers - 1), 3];
        Activation[] activations = [.. Enumerable.Repeat(Activation.Tanh, before), .. Enumerable.Repeat(Activation.Identity, layers)];
        var network = new Network(new NetworkSpecification(5, widths, Architecture.Feedforward, hasBias, activations));
        for (int i = 0; i < network.Parameters.Length; i++) network.Parameters[i] = 0.5 * stream.NextGaussian();
        double[] values = [1 + stream.NextUniform(), 1, 0.7 + (0.3 * stream.NextUniform())];
        Matrix left = Matrix.Identity(3);
        for (int l = before + layers; l > before; l--)
        {
            Matrix weights = network.Weights(l), right = RandomMatrix.HaarOrthogonal(weights.Columns, 3, stream);
            Matrix scaled = Matrix.FromEntries(left.Rows, 3, (i, k) => left[i, k] * values[k]);
            Matrix balanced = Product.MultiplyTransposedRight(scaled, right);
            for (int i = 0; i < weights.Rows; i++)
                for (int j = 0; j < weights.Columns; j++)
                    weights[i, j] = balanced[i, j] + (imbalance * weights[i, j]);
            left = right;
        }
        return (network, DataSet.FromLabels("head", inputs, labels, 3));
    }
}
