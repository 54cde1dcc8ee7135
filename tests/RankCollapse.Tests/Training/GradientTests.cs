using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Tests.Training;

/// <summary>∇J for every activation, loss, convention and architecture, with and without biases.</summary>
public sealed class GradientTests
{
    public static TheoryData<string> Activations => [.. Activation.All.Select(a => a.Name)];

    /// <summary>
    /// Both sides sum up to a few hundred products in different orders; each sum errs by a small multiple of ε relative to the sum of magnitudes,
    /// which for these networks is within a factor of ten of the gradient's norm.
    /// </summary>
    [Theory]
    [MemberData(nameof(Activations))]
    public void ValueAndGradient_AreThoseOfTheSlowReference(string name)
    {
        foreach (TrainingProblem problem in Problems(name, perCombination: 4))
        {
            Objective objective = problem.Objective();
            var gradient = new Network(problem.Network.Specification);
            ObjectiveValue value = objective.ValueAndGradient(problem.Network, gradient);
            (ObjectiveValue expected, double[] expectedGradient) = new ReferenceObjective(problem.Data, problem.Settings).Evaluate(problem.Network);
            AssertRelative(expected.Total, value.Total);
            AssertRelative(expected.DataLoss, value.DataLoss);
            AssertRelative(expected.WeightPenalty, value.WeightPenalty);
            AssertRelative(expected.FeaturePenalty, value.FeaturePenalty);
            double norm = TensorPrimitives.Norm<double>(expectedGradient);
            Assert.True(TensorPrimitives.Distance<double>(expectedGradient, gradient.Parameters) <= 1e-13 * norm, $"{problem.Settings}");
            Assert.Equal(norm, objective.GradientSize.Norm, 1e-13 * norm);
            ObjectiveValue alone = objective.Value(problem.Network);
            AssertRelative(value.Total, alone.Total);
            AssertRelative(value.WeightPenalty, alone.WeightPenalty);
        }
    }

    /// <summary>
    /// A central difference with step h errs by about h²/6·|φ'''| from curvature and u|φ|/h from rounding; h = ∛ε makes both about ε^(2/3) = 4e−11
    /// relative to the scale of φ and its derivatives, far below the 1e−6 asked for. Where a kink lies within the step the direction is drawn again.
    /// </summary>
    [Theory]
    [MemberData(nameof(Activations))]
    public void DirectionalDerivatives_AreCentralDifferences(string name)
    {
        double step = Math.Cbrt(Tolerances.MachineEpsilon);
        foreach (TrainingProblem problem in Problems(name, perCombination: 2))
        {
            Objective objective = problem.Objective();
            Network network = problem.Network;
            var gradient = new Network(network.Specification);
            double scale = objective.ValueAndGradient(network, gradient).Total;
            double norm = objective.GradientSize.Norm;
            var stream = new RandomStream(1, RandomPurpose.Sampling);
            double[] point = [.. network.Parameters];
            int checks = 0;
            for (int trial = 0; trial < 8 && checks < 4; trial++)
            {
                var direction = new double[point.Length];
                if (trial % 2 == 0)
                {
                    for (int i = 0; i < direction.Length; i++) direction[i] = stream.NextGaussian();
                    TensorPrimitives.Divide(direction, TensorPrimitives.Norm<double>(direction), direction);
                }
                else
                {
                    direction[stream.NextInteger(direction.Length)] = 1;
                }
                if (CrossesAKink(problem, point, direction, step)) continue;
                double difference = (At(step) - At(-step)) / (2 * step);
                double derivative = TensorPrimitives.Dot<double>(direction, gradient.Parameters);
                Assert.Equal(difference, derivative, 1e-6 * Math.Max(norm, 1e-3 * scale));
                checks++;

                double At(double t)
                {
                    TensorPrimitives.MultiplyAdd(direction, t, point, network.Parameters);
                    return objective.Value(network).Total;
                }
            }
            Assert.True(checks > 0, "Every direction crossed a kink.");
        }
    }

    /// <summary>Random networks; every third uses the activation for its outputs too.</summary>
    private static IEnumerable<TrainingProblem> Problems(string name, int perCombination) =>
        from c in TrainingProblem.Combinations
        where c.Activation.Name == name
        from seed in Enumerable.Range(1, perCombination)
        select TrainingProblem.Random(seed, c.Activation, c.Loss, c.Convention, c.Architecture, c.HasBias, seed % 3 == 1 ? c.Activation : null);

    /// <summary>Whether a pre-activation changes its sign within the step, for activations that are not smooth.</summary>
    private static bool CrossesAKink(TrainingProblem problem, double[] point, double[] direction, double step)
    {
        NetworkSpecification shape = problem.Network.Specification;
        if (shape.HiddenActivation.IsSmooth && shape.OutputActivation.IsSmooth) return false;
        int[] before = Signs(-step), after = Signs(step);
        return !before.SequenceEqual(after);

        int[] Signs(double t)
        {
            var moved = new Network(shape);
            TensorPrimitives.MultiplyAdd(direction, t, point, moved.Parameters);
            Matrix[] features = moved.Features(problem.Data.Inputs);
            var signs = new List<int>();
            for (int l = 1; l <= shape.Depth; l++)
            {
                Matrix h = Product.Multiply(moved.Weights(l), features[l - 1]);
                for (int i = 0; i < h.Rows; i++)
                    for (int j = 0; j < h.Columns; j++)
                        signs.Add(Math.Sign(h[i, j] + (moved.Bias(l) is { } b ? b[i, 0] : 0)));
            }
            return [.. signs];
        }
    }

    private static void AssertRelative(double expected, double actual) => Assert.Equal(expected, actual, 1e-13 * Math.Abs(expected));
}
