using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Tests.Training;

public sealed class ObjectiveTests
{
    public static TheoryData<string> Activations => [.. Activation.All.Select(a => a.Name), Mixed];

    private const string Mixed = "mixed";

    [Fact]
    public void Parts_AddUpToTheTotal_AndFeaturesAreThoseOfTheNetwork()
    {
        foreach (var c in TrainingProblem.Combinations)
        {
            TrainingProblem problem = TrainingProblem.Random(7, c.Activation, c.Loss, c.Convention, c.Architecture, c.HasBias);
            Objective objective = problem.Objective();
            ObjectiveValue value = objective.ValueAndGradient(problem.Network, new Network(problem.Network.Specification));
            double sum = (objective.Coefficients.DataFactor * value.DataLoss) + value.WeightPenalty + value.FeaturePenalty;
            Assert.Equal(sum, value.Total, 4 * Tolerances.MachineEpsilon * sum);
            Matrix[] features = problem.Network.Features(problem.Data.Inputs);
            for (int l = 0; l < features.Length; l++)
                AssertNear(features[l].AsSpan(), objective.Features[l].AsSpan(), 1e-14 * (1 + TensorPrimitives.Norm<double>(features[l].AsSpan())));
        }
    }

    /// <summary>With λ of the mean convention divided by N, the sum convention is N times the mean: both have the same minimisers.</summary>
    [Theory]
    [InlineData(Loss.Squared)]
    [InlineData(Loss.CrossEntropy)]
    public void SumConvention_IsNTimesTheMean_WithLambdaOverN(Loss loss)
    {
        TrainingProblem sum = TrainingProblem.Random(9, Activation.Tanh, loss, Convention.Sum, Architecture.Feedforward, hasBias: true);
        int samples = sum.Data.SampleCount;
        double features = sum.Settings.LambdaFeatures ?? sum.Settings.Lambda;
        ObjectiveSettings scaled = sum.Settings with { Convention = Convention.Mean, Lambda = sum.Settings.Lambda / samples, LambdaFeatures = features };
        TrainingProblem mean = sum with { Settings = scaled };
        AssertProportional(sum, mean, samples);
    }

    /// <summary>Without biases and feature penalty, equation (3) with λ is the mean convention with 2λ and δ = 1.</summary>
    [Theory]
    [InlineData(Loss.Squared)]
    [InlineData(Loss.CrossEntropy)]
    public void Equation3_IsTheMeanConvention_WithTwiceLambda(Loss loss)
    {
        TrainingProblem equation = TrainingProblem.Random(10, Activation.Tanh, loss, Convention.Equation3, Architecture.Residual, hasBias: false);
        double lambda = 2 * equation.Settings.Lambda;
        ObjectiveSettings settings = equation.Settings with { Convention = Convention.Mean, Lambda = lambda, Delta = 1, LambdaFeatures = 0 };
        TrainingProblem mean = equation with { Settings = settings };
        AssertProportional(equation, mean, 1);
    }

    [Fact]
    public void CrossEntropy_OfHugeOutputs_IsFiniteAndExact()
    {
        // f = (1000, 0, −1000): −log p_k = 1000 − f_k to rounding.
        var data = DataSet.FromLabels("huge", Matrix.FromRows([1, 1, 1]), [0, 1, 2], 3);
        var network = new Network(new NetworkSpecification(1, [3]), [1000, 0, -1000]);
        var objective = new Objective(network.Specification, data, new ObjectiveSettings { Loss = Loss.CrossEntropy, Lambda = 0 });
        var gradient = new Network(network.Specification);
        ObjectiveValue value = objective.ValueAndGradient(network, gradient);
        Assert.Equal(3000, value.DataLoss, 1e-12);
        Assert.Equal([2, -1, -1], gradient.Parameters);
    }

    [Fact]
    public void CrossEntropy_DoesNotChangeWhenOutputsAreShifted()
    {
        TrainingProblem problem = TrainingProblem.Random(12, Activation.Tanh, Loss.CrossEntropy, Convention.Sum, Architecture.Feedforward, hasBias: true)
            with
        { Settings = new ObjectiveSettings { Loss = Loss.CrossEntropy, Lambda = 0 } };
        Objective objective = problem.Objective();
        double before = objective.Value(problem.Network).DataLoss;
        Span<double> bias = problem.Network.Bias(problem.Network.Specification.Depth)!.AsSpan();
        TensorPrimitives.Add(bias, 700, bias);
        Assert.Equal(before, objective.Value(problem.Network).DataLoss, 1e-12 * (1 + before));
    }

    /// <summary>Equation (4): where the gradient vanishes, penalty and rest cancel; the size is relative to the larger.</summary>
    [Fact]
    public void RelativeGradient_IsRelativeToTheLargerOfPenaltyAndRest()
    {
        TrainingProblem problem = TrainingProblem.Random(5, Activation.Tanh, Loss.Squared, Convention.Equation3, Architecture.Feedforward, hasBias: true);
        Objective objective = problem.Objective();
        var gradient = new Network(problem.Network.Specification);
        objective.ValueAndGradient(problem.Network, gradient);
        var penalty = new double[gradient.Parameters.Length];
        TensorPrimitives.Multiply(problem.Network.Parameters, 2 * problem.Settings.Lambda, penalty);
        double rest = TensorPrimitives.Distance<double>(gradient.Parameters, penalty);
        double expected = TensorPrimitives.Norm<double>(gradient.Parameters) / Math.Max(rest, TensorPrimitives.Norm<double>(penalty));
        Assert.Equal(expected, objective.GradientSize.Relative, 1e-13);
    }

    [Fact]
    public void FirstNonFiniteLayer_IsWhereTheyAppear()
    {
        TrainingProblem problem = TrainingProblem.Clusters();
        Objective objective = problem.Objective();
        objective.Value(problem.Network);
        Assert.Null(objective.FirstNonFiniteLayer());
        problem.Network.Weights(2)[0, 0] = double.NaN;
        objective.Value(problem.Network);
        Assert.Equal(2, objective.FirstNonFiniteLayer());
    }

    [Fact]
    public void DataAndPenaltiesThatDoNotFit_AreRefusedWithBothSizes()
    {
        TrainingProblem problem = TrainingProblem.Clusters();
        string inputs = Assert.Throws<ShapeMismatchException>(() => new Objective(new NetworkSpecification(6, [3]), problem.Data, problem.Settings)).Message;
        Assert.Contains("3×6", inputs, StringComparison.Ordinal);
        Assert.Contains("5 rows", inputs, StringComparison.Ordinal);
        var wider = new NetworkSpecification(5, [7, 4]);
        string targets = Assert.Throws<ShapeMismatchException>(() => new Objective(wider, problem.Data, problem.Settings)).Message;
        Assert.Contains("Layer 2", targets, StringComparison.Ordinal);
        foreach (double bad in (double[])[-1, double.NaN, double.PositiveInfinity])
        {
            Assert.Throws<InvalidInputException>(() => new ObjectiveSettings { Lambda = bad }.Coefficients(2, 3));
            Assert.Throws<InvalidInputException>(() => new ObjectiveSettings { Delta = bad }.Coefficients(2, 3));
            Assert.Throws<InvalidInputException>(() => new ObjectiveSettings { LambdaFeatures = bad }.Coefficients(2, 3));
        }
    }

    private static void AssertProportional(TrainingProblem first, TrainingProblem second, double factor)
    {
        var gradients = (First: new Network(first.Network.Specification), Second: new Network(first.Network.Specification));
        double one = first.Objective().ValueAndGradient(first.Network, gradients.First).Total;
        double other = second.Objective().ValueAndGradient(first.Network, gradients.Second).Total;
        Assert.Equal(one, factor * other, 1e-14 * Math.Abs(one));
        TensorPrimitives.Multiply(gradients.Second.Parameters, factor, gradients.Second.Parameters);
        AssertNear(gradients.First.Parameters, gradients.Second.Parameters, 1e-13 * TensorPrimitives.Norm<double>(gradients.First.Parameters));
    }

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
        where c.Activation.Name == (name == Mixed ? "tanh" : name)
        from seed in Enumerable.Range(1, name == Mixed ? 4 * perCombination : perCombination)
        let problem = TrainingProblem.Random(seed, c.Activation, c.Loss, c.Convention, c.Architecture, c.HasBias, seed % 3 == 1 ? c.Activation : null)
        select name == Mixed ? problem.Mixed(seed) : problem;

    /// <summary>Whether a pre-activation changes its sign within the step, for activations that are not smooth.</summary>
    private static bool CrossesAKink(TrainingProblem problem, double[] point, double[] direction, double step)
    {
        NetworkSpecification shape = problem.Network.Specification;
        if (shape.Activations.All(activation => activation.IsSmooth)) return false;
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

    private static void AssertNear(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance) =>
        Assert.True(TensorPrimitives.Distance(expected, actual) <= tolerance);
}
