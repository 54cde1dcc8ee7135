using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class ConstrainedFamilyTests
{
    private static readonly double[] Deltas = [100, 10, 1, 0.1, 1e-2, 1e-3, 1e-4];

    [Theory]
    [InlineData(2, 1.0)]
    [InlineData(4, 0.5)]
    [InlineData(3, 2.0)]
    public void Minimisers_OfEqualClasses_AreThoseOfTheFormula(int depth, double constant)
    {
        (NetworkSpecification specification, DataSet data) = Linear([4, 4, 4], depth);
        var directions = TargetDirections.Of(data);
        double[] h = SymmetricEigendecomposition.Eigenvalues(directions.FirstLayerCost);
        var family = ConstrainedFamily.Follow(specification, data, Deltas, constant);
        foreach (ConstrainedPoint point in family.Points)
        {
            double expected = 0;
            foreach (double one in h)
            {
                double w = Math.Max(1 / Math.Sqrt(constant), Math.Pow(point.Delta * one * 4, 0.5 / depth)), a = 2 / Math.Pow(w, depth - 1);
                expected += (0.5 * (depth - 1) * w * w) + (0.5 * point.Delta * one * a * a);
            }
            Assert.Equal(expected, point.Value, 1e-8 * expected);
        }
        Assert.True(family.Converges);
        Assert.Empty(family.UnmetHypotheses);
    }

    [Theory]
    [InlineData(4, 4, 4)]
    [InlineData(1, 3, 6)]
    public void Minimisers_BelowAPositiveDelta_AreThoseOfTheorem42(int first, int second, int third)
    {
        (NetworkSpecification specification, DataSet data) = Linear([first, second, third], 4);
        double exact = ConstrainedFamily.Follow(specification, data, [1]).ExactBelow;
        var family = ConstrainedFamily.Follow(specification, data, [100 * exact, 0.9 * exact, 0.1 * exact]);
        Assert.All(family.Points.Skip(1), point => Assert.Equal(9, point.Bound));
        Assert.All(family.Points.Skip(1), point => Assert.All(point.Distances, distance => Assert.Equal(0, distance, 1e-6)));
        Assert.Equal(family.Minimum, family.Points[2].WithoutFirstLayer, 1e-9);
        Assert.Contains(family.Points[0].Distances, distance => distance > 1e-3);
        Assert.True(family.Converges);
    }

    [Theory]
    [InlineData("leaky-relu(0.3)", "has 0.3 to the left and 1 to the right")]
    [InlineData("tanh", "entries are so small that tanh is the identity")]
    public void UnmetHypotheses_SayWhatActivationsAreAtZero(string activation, string says)
    {
        (NetworkSpecification linear, DataSet data) = Linear([4, 4, 4], 3);
        var shape = new NetworkSpecification(linear.InputDimension, linear.Widths, hiddenActivation: Activation.Parse(activation));
        Assert.Contains(says, Assert.Single(ConstrainedFamily.Follow(shape, data, [1]).UnmetHypotheses), StringComparison.Ordinal);
    }

    [Fact]
    public void NoFeaturesOfS_CostLess()
    {
        (NetworkSpecification specification, DataSet data) = Linear([2, 3, 4], 3);
        var problem = new FeatureProblem(specification, data);
        var family = ConstrainedFamily.Follow(specification, data, Deltas);
        var points = family.Points;
        (from seed in Gen.Long[1, 1_000_000] from spread in Gen.Double[0, 1] select (seed, spread)).Sample(
            pair =>
            {
                // Z^l = P_l·Z^{l+1} with singular values of P_l in (0, 1]: (II) holds, and Z^{l+1} = P_l⁺Z^l.
                var stream = new RandomStream(pair.seed, RandomPurpose.Sampling);
                Matrix[] features = [data.Inputs, new Matrix(0, 0), new Matrix(0, 0), data.Targets];
                for (int l = 2; l >= 1; l--)
                {
                    int wide = specification.Width(l), narrow = specification.Width(l + 1);
                    Matrix left = RandomMatrix.HaarOrthogonal(wide, narrow, stream), right = RandomMatrix.HaarOrthogonal(narrow, narrow, stream);
                    Matrix scaled = Matrix.FromEntries(wide, narrow, (i, j) => left[i, j] * (1 - (pair.spread * (j + 1) / (narrow + 1))));
                    features[l] = Product.Multiply(Product.MultiplyTransposedRight(scaled, right), features[l + 1]);
                }
                Assert.True(FeatureConstraints.Check(problem, features, 1).AreSatisfied);
                foreach (ConstrainedPoint point in points)
                {
                    var cost = RepresentationCost.OfFeatures(problem, features, new RepresentationCostOptions { FirstLayer = point.Delta });
                    Assert.True(cost.Value >= point.Value * (1 - 1e-7), $"{cost.Value} < {point.Value} at {point.Delta}");
                }
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public void Costs_AlongConvergingSequences_HaveTheLimitsCostAsTheirLowerLimit_AndTheConstantSequenceReachesIt()
    {
        (NetworkSpecification specification, DataSet data) = Linear([2, 3, 4], 3);
        var problem = new FeatureProblem(specification, data);
        IReadOnlyList<Matrix> limit = GlobalMinimizer.Construct(problem).Features;
        double at = RepresentationCost.OfFeatures(problem, limit).Value, last = double.PositiveInfinity;
        var stream = new RandomStream(3, RandomPurpose.Sampling);
        for (int n = 1; n <= 6; n++)
        {
            double delta = Math.Pow(10, -n);
            var options = new RepresentationCostOptions { FirstLayer = delta };
            double constant = RepresentationCost.OfFeatures(problem, limit, options).Value;
            Assert.True(constant >= at && constant <= last);
            last = constant;

            // Z_n → Z in S: both hidden layers shrink to the limit's from within.
            Matrix[] near = [data.Inputs, limit[1].Scaled((1 - delta) * (1 - delta)), limit[2].Scaled(1 - delta), data.Targets];
            Assert.True(FeatureConstraints.Check(problem, near, 1).AreSatisfied);
            Assert.True(RepresentationCost.OfFeatures(problem, near, options).Value >= at * (1 - 1e-9));
        }
        Assert.Equal(at, last, 1e-4 * at);
    }

    private static (NetworkSpecification Specification, DataSet Data) Linear(int[] sizes, int depth)
    {
        var stream = new RandomStream(7, RandomPurpose.Data);
        int[] labels = [.. sizes.SelectMany((size, k) => Enumerable.Repeat(k, size))];
        DataSet data = DataSet.FromLabels("linear", RandomMatrix.Gaussian(labels.Length + 2, labels.Length, stream), labels, sizes.Length);
        int[] widths = [.. Enumerable.Repeat(labels.Length, depth - 1), sizes.Length];
        return (new NetworkSpecification(labels.Length + 2, widths, hiddenActivation: Activation.Identity), data);
    }
}
