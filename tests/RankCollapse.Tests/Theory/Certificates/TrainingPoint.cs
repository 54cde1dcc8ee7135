using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Certificates;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Certificates;

/// <summary>A network with data and an objective, stationary or not.</summary>
/// <param name="Network">Θ.</param>
/// <param name="Data">Inputs that spread around a centre for each class.</param>
/// <param name="Settings">The objective.</param>
internal sealed record TrainingPoint(Network Network, DataSet Data, ObjectiveSettings Settings)
{
    internal int Depth => Network.Specification.Depth;

    internal ObjectiveCoefficients Coefficients => Settings.Coefficients(Depth, Data.SampleCount);

    /// <summary>Every kind of shape, smooth activation and objective.</summary>
    /// <param name="noise">How far inputs of a class spread.</param>
    internal static Gen<TrainingPoint> All(double noise) => Of(noise, Gen.OneOf(Smooth));

    /// <summary>The same with activations whose derivatives jump.</summary>
    /// <param name="noise">How far inputs of a class spread.</param>
    internal static Gen<TrainingPoint> WithKinks(double noise) => Of(noise, Gen.OneOf([.. Smooth, "softsign", "elu", "selu", "relu", "leaky-relu(0.2)"]));

    private static readonly string[] Smooth = ["tanh", "asinh", "sigmoid", "softplus", "arctan", "gelu", "identity"];

    private static Gen<TrainingPoint> Of(double noise, Gen<string> activations) =>
        from sizes in Gen.Frequency((31, Gen.Int[1, 4].Array[2, 3]), (1, Gen.Int[1, 13].Array[2, 3]))
        from dimension in Gen.Int[1, 5]
        from data in Noisy(dimension, sizes, noise)
        from specification in Specifications(dimension, sizes.Length, activations)
        from settings in Objectives
        from parameters in Gen.Double[-1.2, 1.2].Array[new Network(specification).Parameters.Length]
        select new TrainingPoint(Filled(specification, parameters), data, settings);

    /// <summary>The same with a layer j and a partition of the samples into at most three clusters.</summary>
    internal static Gen<(TrainingPoint Point, int From, Partition Partition)> Partitioned(double noise) =>
        from point in All(noise)
        from layer in Gen.Int[0, point.Depth - 1]
        from clusters in Gen.Int[0, 2].Array[point.Data.SampleCount]
        select (point, layer, new Partition(clusters, 3));

    /// <summary>The centroid loss of a layer and a partition.</summary>
    internal CentroidLoss CentroidLoss(
        int from, Partition partition) => RankCollapse.Theory.Certificates.CentroidLoss.Compute(Network, Data, Settings, from, partition);

    /// <summary>All layers at the inputs.</summary>
    internal TailPass Pass() => new NetworkTail(Network, Settings.Loss, Coefficients, 0).Evaluate(Data.Inputs, Data.Targets);

    private static Gen<DataSet> Noisy(int dimension, int[] sizes, double noise) =>
        Gen.Select(Matrices.OfEntries(dimension, sizes.Length), Matrices.OfEntries(dimension, sizes.Sum())).Select((centres, deviations) =>
        {
            int[] labels = Labels(sizes);
            Matrix inputs = Matrix.FromEntries(dimension, labels.Length, (i, j) => (1.5 * centres[i, labels[j]]) + (1.5 * noise * deviations[i, j]));
            return DataSet.FromLabels("noisy", inputs, labels, sizes.Length);
        });

    private static readonly Gen<ObjectiveSettings> Objectives =
        from loss in Gen.Enum<Loss>()
        from convention in Gen.Enum<Convention>()
        from lambda in Logarithmic(1e-3, 1)
        from delta in Gen.Double.Unit
        from features in Gen.OneOf(Gen.Const(0.0), Gen.Double.Unit)
        select new ObjectiveSettings { Loss = loss, Convention = convention, Lambda = lambda, Delta = delta, LambdaFeatures = features };

    private static Gen<NetworkSpecification> Specifications(int dimension, int classes, Gen<string> activations) =>
        from architecture in Gen.Enum<Architecture>()
        from widths in Gen.Int[1, 6].Array[0, 3]
        from hasBias in Gen.Bool
        from hidden in activations.Array[widths.Length]
        from output in Gen.OneOf("identity", "tanh")
        let inner = architecture == Architecture.Residual ? widths.Select(_ => widths[0]) : widths
        select new NetworkSpecification(dimension, [.. inner, classes], architecture, hasBias, [.. hidden.Append(output).Select(Activation.Parse)]);

    private static Network Filled(NetworkSpecification specification, double[] parameters)
    {
        var network = new Network(specification);
        parameters.CopyTo(network.Parameters.AsSpan());
        return network;
    }
}
