using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Tests.Theory;

/// <summary>
/// Generators of instances within the theorems' hypotheses, from their structure: sizes of classes, widths, singular values, angles. Examples for facts are
/// random for a seed.
/// </summary>
internal static class Instances
{
    /// <summary>
    /// Those of Theorem 4.2 with a C for which features stay in their range: homeomorphisms of R, any C; those of an interval around 0, a C so small that
    /// preimages shrink from layer to layer.
    /// </summary>
    internal static readonly Gen<(Activation Activation, double Constant)> WithConstants = Gen.OneOf(
        Gen.Select(Gen.OneOf("identity", "asinh", "leaky-relu(0.2)", "leaky-relu(0.7)").Select(Activation.Parse), Gen.Double[0.5, 1.5]),
        Gen.Select(Gen.OneOf("tanh", "arctan", "softsign", "elu", "selu").Select(Activation.Parse), Gen.Double[0.05, 0.2]));

    /// <summary>Analytic ones.</summary>
    internal static readonly Gen<Activation> Analytic = Gen.OneOf("identity", "asinh").Select(Activation.Parse);

    /// <summary>Problems within Theorem 4.2's hypotheses, with C.</summary>
    internal static readonly Gen<(FeatureProblem Problem, double Constant)> Pyramids =
        from sizes in Unbalanced
        from growth in Gen.Int[0, 2].Array[0, 3]
        from extra in Gen.Int[0, 3]
        from one in WithConstants
        from data in Classes(sizes.Sum() + extra, sizes)
        select (new FeatureProblem(new NetworkSpecification(data.InputDimension, PyramidWidths(sizes, growth), hiddenActivation: one.Activation), data),
            one.Constant);

    /// <summary>Problems within Theorem C.2's hypotheses, with C.</summary>
    internal static readonly Gen<(FeatureProblem Problem, double Constant)> Residuals =
        from sizes in Unbalanced
        from depth in Gen.Int[2, 5]
        from one in WithConstants
        from problem in Squares(sizes, depth, one.Activation, Architecture.Residual)
        select (problem, one.Constant);

    /// <summary>Up to twelve samples in one to four classes, and one time in sixteen up to forty in two to four.</summary>
    private static Gen<int[]> Unbalanced => Gen.Frequency((15, ClassSizes(4, 3)), (1, Gen.Int[1, 10].Array[2, 4]));

    /// <summary>Numbers of samples of so many classes, each with at least one.</summary>
    internal static Gen<int[]> ClassSizes(int classes, int samples) => Gen.Int[1, samples].Array[1, classes];

    /// <summary>One-hot classes in order, and inputs of full rank.</summary>
    internal static Gen<DataSet> Classes(int dimension, int[] sizes) =>
        Matrices.WellConditioned(dimension, sizes.Sum()).Select(inputs => DataSet.FromLabels("classes", inputs, Labels(sizes), sizes.Length));

    internal static int[] Labels(int[] sizes) => [.. sizes.SelectMany((size, k) => Enumerable.Repeat(k, size))];

    /// <summary>Widths N everywhere but at the output, where any interpolating start is representable.</summary>
    internal static Gen<FeatureProblem> Squares(int[] sizes, int depth, Activation activation, Architecture architecture = Architecture.Feedforward)
    {
        int samples = sizes.Sum();
        int[] widths = [.. Enumerable.Repeat(samples, depth - 1), sizes.Length];
        return Matrices.WellConditioned(samples, samples, 0.4, 1).Select(inputs => new FeatureProblem(
            new NetworkSpecification(samples, widths, architecture, hiddenActivation: activation),
            DataSet.FromLabels("classes", inputs, Labels(sizes), sizes.Length)));
    }

    /// <summary>Features of a network with weights of full rank, whose last layer is replaced by one that interpolates.</summary>
    internal static Gen<Matrix[]> Interpolations(FeatureProblem problem, double low = 0.45, double high = 0.9)
    {
        NetworkSpecification specification = problem.Specification;
        Gen<Matrix[]> weights = Gen.Const(Array.Empty<Matrix>());
        for (int l = 1; l < specification.Depth; l++)
        {
            Gen<Matrix> next = Matrices.WellConditioned(specification.Width(l), specification.Width(l - 1), low, high);
            weights = weights.SelectMany(before => next.Select(w => before.Append(w).ToArray()));
        }
        return weights.Select(layers =>
        {
            var network = new Network(specification);
            for (int l = 1; l <= layers.Length; l++) layers[l - 1].CopyTo(network.Weights(l));
            Matrix[] features = network.Features(problem.Data.Inputs);
            features[^1] = problem.Data.Targets;
            return features;
        });
    }

    /// <summary>A number that is spread evenly in its logarithm.</summary>
    internal static Gen<double> Logarithmic(double low, double high) => Gen.Double[Math.Log(low), Math.Log(high)].Select(Math.Exp);

    internal static RandomStream Stream(int seed) => new(seed, RandomPurpose.Sampling);

    internal static Matrix Gaussian(int rows, int columns, RandomStream stream) => RandomMatrix.Gaussian(rows, columns, stream);

    /// <summary>An example: one-hot classes in order, each with at least one sample, and Gaussian inputs.</summary>
    internal static DataSet Classes(int dimension, int samples, int classes, RandomStream stream)
    {
        int[] labels = [.. Enumerable.Range(0, samples).Select(i => i < classes ? i : stream.NextInteger(classes))];
        Array.Sort(labels);
        return DataSet.FromLabels("classes", Gaussian(dimension, samples, stream), labels, classes);
    }

    /// <summary>An example: classes of given sizes and Gaussian inputs.</summary>
    internal static DataSet Classes(int dimension, int[] sizes, int seed) =>
        DataSet.FromLabels("classes", Gaussian(dimension, sizes.Sum(), new RandomStream(seed, RandomPurpose.Data)), Labels(sizes), sizes.Length);

    /// <summary>An example of widths N everywhere but at the output.</summary>
    internal static FeatureProblem Square(
        RandomStream stream, int depth, int samples, int classes, Activation activation, Architecture architecture = Architecture.Feedforward)
    {
        DataSet data = Classes(samples, samples, classes, stream);
        data = new DataSet(data.Name, data.Inputs.Scaled(1 / Math.Sqrt(samples)), data.Targets, data.Labels);
        int[] widths = [.. Enumerable.Repeat(samples, depth - 1), classes];
        return new FeatureProblem(new NetworkSpecification(samples, widths, architecture, hiddenActivation: activation), data);
    }

    /// <summary>An example of features of a random network whose last layer interpolates.</summary>
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

    /// <summary>n_{L−1}, n_{L−2}, … grow from K by the given steps; n_1 is at least N.</summary>
    private static int[] PyramidWidths(int[] sizes, int[] growth)
    {
        var widths = new List<int> { sizes.Length };
        foreach (int step in growth) widths.Insert(0, widths[0] + step);
        widths.Insert(0, Math.Max(sizes.Sum(), widths[0]));
        return [.. widths];
    }
}
