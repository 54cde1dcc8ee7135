using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Tests.Theory;

/// <summary>Random instances within the theorems' hypotheses; CsCheck draws the seeds and prints them on failure.</summary>
internal static class Instances
{
    internal static readonly CsCheck.Gen<int> Seeds = CsCheck.Gen.Int[0, 1 << 24];

    /// <summary>Homeomorphisms of R that fix 0.</summary>
    internal static readonly string[] OntoReals = ["identity", "asinh", "leaky-relu(0.2)"];

    internal static RandomStream Stream(int seed) => new(seed, RandomPurpose.Sampling);

    internal static Matrix Gaussian(int rows, int columns, RandomStream stream) => RandomMatrix.Gaussian(rows, columns, stream);

    /// <summary>One-hot classes in order, each with at least one sample, and Gaussian inputs.</summary>
    internal static DataSet Classes(int dimension, int samples, int classes, RandomStream stream)
    {
        int[] labels = [.. Enumerable.Range(0, samples).Select(i => i < classes ? i : stream.NextInteger(classes))];
        Array.Sort(labels);
        return DataSet.FromLabels("classes", Gaussian(dimension, samples, stream), labels, classes);
    }

    /// <summary>A problem within Theorem 4.2's hypotheses.</summary>
    internal static FeatureProblem Pyramid(RandomStream stream)
    {
        int classes = 1 + stream.NextInteger(4), samples = classes + stream.NextInteger(6), depth = 2 + stream.NextInteger(4);
        var widths = new int[depth];
        widths[depth - 1] = classes;
        for (int l = depth - 2; l >= 1; l--) widths[l] = widths[l + 1] + stream.NextInteger(3);
        widths[0] = Math.Max(samples, widths[Math.Min(1, depth - 1)]);
        Activation activation = Activation.Parse(OntoReals[stream.NextInteger(OntoReals.Length)]);
        DataSet data = Classes(samples + stream.NextInteger(4), samples, classes, stream);
        return new FeatureProblem(new NetworkSpecification(data.InputDimension, widths, hiddenActivation: activation), data);
    }

    /// <summary>A problem within Theorem C.2's hypotheses.</summary>
    internal static FeatureProblem Residual(RandomStream stream)
    {
        int classes = 1 + stream.NextInteger(4), samples = classes + stream.NextInteger(6), depth = 2 + stream.NextInteger(4);
        int[] widths = [.. Enumerable.Repeat(samples, depth - 1), classes];
        Activation activation = Activation.Parse(OntoReals[stream.NextInteger(OntoReals.Length)]);
        DataSet data = Classes(samples, samples, classes, stream);
        return new FeatureProblem(new NetworkSpecification(samples, widths, Architecture.Residual, hiddenActivation: activation), data);
    }

    /// <summary>Features of a random network whose last layer interpolates: Z^{L−1} of full column rank is replaced below by Y's preimage.</summary>
    internal static Matrix[] Interpolating(FeatureProblem problem, RandomStream stream)
    {
        NetworkSpecification specification = problem.Specification;
        var network = new Network(specification);
        for (int l = 1; l <= specification.Depth; l++)
        {
            // Orthogonal weights alone would leave singular values as they are; Gaussian ones alone are badly conditioned.
            int rows = specification.Width(l), columns = specification.Width(l - 1);
            Matrix noise = Gaussian(rows, columns, stream), orthogonal = RandomMatrix.HaarOrthogonal(rows, columns, stream);
            Matrix.FromEntries(rows, columns, (i, j) => (0.6 * orthogonal[i, j]) + (0.25 * noise[i, j] / Math.Sqrt(columns))).CopyTo(network.Weights(l));
        }
        Matrix[] features = network.Features(problem.Data.Inputs);
        features[^1] = problem.Data.Targets;
        return features;
    }

    /// <summary>Widths N everywhere but at the output, where any interpolating start is representable.</summary>
    internal static FeatureProblem Square(RandomStream stream, int depth, int samples, int classes, Activation activation, Architecture architecture = Architecture.Feedforward)
    {
        DataSet data = Classes(samples, samples, classes, stream);
        data = new DataSet(data.Name, data.Inputs.Scaled(1 / Math.Sqrt(samples)), data.Targets, data.Labels);
        int[] widths = [.. Enumerable.Repeat(samples, depth - 1), classes];
        return new FeatureProblem(new NetworkSpecification(samples, widths, architecture, hiddenActivation: activation), data);
    }
}
