using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Tests.Training;

/// <summary>A small random network with data and settings.</summary>
internal sealed record TrainingProblem(Network Network, DataSet Data, ObjectiveSettings Settings)
{
    public Objective Objective() => new(Network.Specification, Data, Settings);

    /// <summary>Draws shape, data, penalties and parameters; biases are not 0, classes are unbalanced, one may be empty.</summary>
    public static TrainingProblem Random(
        long seed, Activation activation, Loss loss, Convention convention, Architecture architecture, bool hasBias, Activation? output = null)
    {
        var stream = new RandomStream(seed, RandomPurpose.Sampling, (int)loss + (10 * (int)convention) + (100 * (int)architecture));
        int depth = 1 + stream.NextInteger(4), inputs = 1 + stream.NextInteger(6), classes = 1 + stream.NextInteger(5), samples = 1 + stream.NextInteger(12);
        int inner = 1 + stream.NextInteger(7);
        int[] widths = [.. Enumerable.Range(1, depth).Select(Width)];
        var network = new Network(new NetworkSpecification(inputs, widths, architecture, hasBias, activation, output));
        for (int i = 0; i < network.Parameters.Length; i++) network.Parameters[i] = 0.6 * stream.NextGaussian();
        int[] labels = [.. Enumerable.Range(0, samples).Select(_ => Math.Min(stream.NextInteger(classes), stream.NextInteger(classes)))];
        DataSet data = DataSet.FromLabels("random", RandomMatrix.Gaussian(inputs, samples, stream), labels, classes);
        var settings = new ObjectiveSettings
        {
            Loss = loss,
            Convention = convention,
            Lambda = 0.05 * stream.NextUniform(),
            Delta = stream.NextInteger(3) == 0 ? 0 : stream.NextUniform(),
            LambdaFeatures = stream.NextInteger(3) == 0 ? null : 0.1 * stream.NextUniform(),
        };
        return new TrainingProblem(network, data, settings);

        int Width(int layer) => layer == depth ? classes : architecture == Architecture.Residual ? inner : 1 + stream.NextInteger(9);
    }

    /// <summary>The same with an activation of its own for each layer, drawn from those that are known.</summary>
    public TrainingProblem Mixed(long seed, Func<Activation, bool>? which = null)
    {
        var stream = new RandomStream(seed, RandomPurpose.Sampling, 5);
        Activation[] known = [.. Activation.All.Where(which ?? (_ => true))];
        NetworkSpecification shape = Network.Specification;
        return this with
        {
            Network = new Network(shape.With(activations: [.. shape.Activations.Select(_ => known[stream.NextInteger(known.Length)])]), Network.Parameters),
        };
    }

    /// <summary>A fixed classification task for solvers: tanh, widths 12, 3 classes of 30 samples around their means.</summary>
    public static TrainingProblem Clusters(double lambda = 1e-2, bool hasBias = false, int depth = 3, int width = 12)
    {
        var stream = new RandomStream(11, RandomPurpose.Data);
        int[] labels = [.. Enumerable.Range(0, 30).Select(i => i / 10)];
        Matrix means = RandomMatrix.Gaussian(5, 3, stream);
        Matrix inputs = Matrix.FromEntries(5, 30, (i, j) => means[i, labels[j]] + (0.2 * stream.NextGaussian()));
        int[] widths = [.. Enumerable.Repeat(width, depth - 1), 3];
        var network = new Network(new NetworkSpecification(5, widths, hasBias: hasBias));
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 3);
        var settings = new ObjectiveSettings { Convention = Convention.Mean, Lambda = lambda, Delta = 1, LambdaFeatures = 0 };
        return new TrainingProblem(network, DataSet.FromLabels("clusters", inputs, labels, 3), settings);
    }

    /// <summary>Every combination of activation, loss, convention, architecture and biases.</summary>
    public static IEnumerable<(Activation Activation, Loss Loss, Convention Convention, Architecture Architecture, bool HasBias)> Combinations =>
        from activation in Activation.All
        from loss in Enum.GetValues<Loss>()
        from convention in Enum.GetValues<Convention>()
        from architecture in Enum.GetValues<Architecture>()
        from hasBias in (bool[])[false, true]
        select (activation, loss, convention, architecture, hasBias);

    /// <summary>The same task with parameters of its own, so that runs do not share them.</summary>
    public TrainingProblem Again() => this with { Network = Network.Copy() };
}
