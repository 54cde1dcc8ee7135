using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class StabilityFamilyTests
{
    [Fact]
    public void Minimizers_TendToThoseWithoutFirstLayerPenalty() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                int classes = 1 + stream.NextInteger(3), samples = classes + stream.NextInteger(6), depth = 2 + stream.NextInteger(4);
                DataSet data = Classes(samples + 4, samples, classes, stream);
                int[] widths = [.. Enumerable.Repeat(samples, depth - 1), classes];
                var specification = new NetworkSpecification(samples + 4, widths, stream.NextInteger(2) == 0 ? Architecture.Feedforward : Architecture.Residual);
                var family = StabilityFamily.Follow(specification, data, new ObjectiveSettings { Lambda = 0.1, LambdaFeatures = 0.02 + (0.2 * stream.NextUniform()) }, [1e-2, 1e-4, 1e-6, 1e-8]);
                double[] largest = [.. family.Points.Select(p => p.Distances.Max())];
                return largest.Zip(largest.Skip(1)).All(p => p.Second <= p.First + 1e-12) && largest[^1] < 1e-3
                    && family.Points.Zip(family.Points.Skip(1)).All(p => p.Second.Forecast.ObjectivePerLambda <= p.First.Forecast.ObjectivePerLambda * (1 + 1e-12))
                    && family.Points[^1].Forecast.ObjectivePerLambda >= family.Limit.ObjectivePerLambda * (1 - 1e-12);
            },
            iter: 200);

    [Theory]
    [InlineData(Architecture.Feedforward)]
    [InlineData(Architecture.Residual)]
    public void PerturbedCost_FallsToTheCostAndItsMinimumValueToTheMinimum(Architecture architecture) =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                int samples = 2 + stream.NextInteger(5), depth = 2 + stream.NextInteger(3);
                FeatureProblem problem = Square(stream, depth, samples, 1 + stream.NextInteger(2), Activation.Parse("asinh"), architecture);
                Matrix[] features = Interpolating(problem, stream);
                GlobalMinimizer minimizer = GlobalMinimizer.Construct(problem, new GlobalMinimizerOptions { Seed = seed, Constant = 0.5 });
                foreach (IReadOnlyList<Matrix> z in new[] { features, minimizer.Features })
                {
                    double limit = Cost(z, 0), last = double.PositiveInfinity;
                    if (!double.IsFinite(limit)) continue;
                    foreach (double lambda in new[] { 1, 1e2, 1e4, 1e8 })
                    {
                        double cost = RepresentationCost.OfFeatures(problem, z, RepresentationCostOptions.OfEquation12(lambda) with { Tolerance = 1e-6 }).Value;
                        if (!(cost <= last) || cost < limit) return false;
                        last = cost;
                    }
                    double first = 2 * (Cost(z, 1) - limit);
                    if (last - limit > 1e-8 * (first + limit)) return false;
                }
                return Math.Abs(Cost(minimizer.Features, 0) - minimizer.Value) <= 1e-8 * minimizer.Value;

                double Cost(IReadOnlyList<Matrix> z, double delta) =>
                    RepresentationCost.OfFeatures(problem, z, new RepresentationCostOptions { FirstLayer = delta, Tolerance = 1e-6 }).Value;
            },
            iter: 200);

    [Fact]
    public void Family_OutsideItsHypotheses_IsRefused()
    {
        FeatureProblem problem = Square(Stream(1), 3, 6, 2, Activation.Tanh);
        Assert.Throws<InvalidInputException>(() => StabilityFamily.Follow(problem.Specification, problem.Data, new ObjectiveSettings(), [0]));
        Assert.Throws<InvalidInputException>(() => StabilityFamily.Follow(problem.Specification, problem.Data, new ObjectiveSettings { LambdaFeatures = 0 }, [1]));
        Assert.Throws<InvalidInputException>(() => StabilityFamily.Follow(problem.Specification, problem.Data, new ObjectiveSettings { Convention = Convention.Equation3 }, [1]));
        Assert.Throws<InvalidInputException>(() => RepresentationCostOptions.OfEquation12(0));
    }

    [Fact]
    public void BlockStructureOfTheGramMatrix_HoldsExactlyWhenClassesCollapse_PropositionD1() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                int classes = 1 + stream.NextInteger(4), samples = classes + 1 + stream.NextInteger(8), rows = 1 + stream.NextInteger(6);
                DataSet data = Classes(2, samples, classes, stream);
                var partition = new Partition(data.Labels, classes);
                Matrix centres = Gaussian(rows, classes, stream), noise = Gaussian(rows, samples, stream);
                Matrix collapsed = Matrix.FromEntries(rows, samples, (i, j) => centres[i, data.Labels[j]]);
                double size = Math.Pow(10, -4 * stream.NextUniform());
                Matrix noisy = Matrix.FromEntries(rows, samples, (i, j) => collapsed[i, j] + (size * noise[i, j]));

                // 1 ⇒ 2.
                bool forward = BlockStructure.Measure(collapsed, partition).RelativeDeviation <= 1e-14;

                // 2 ⇒ 1: ‖E‖² = tr(EᵀE) ≤ √rank·‖EᵀE‖ ≤ √rank·deviation, E the deviations from the centroids.
                BlockStructure blocks = BlockStructure.Measure(noisy, partition);
                Matrix deviations = ClassCentroids.Compute(noisy, partition).Deviations;
                double variation = Math.Pow(Frobenius.Norm(deviations), 2);
                Matrix rotated = Product.Multiply(RandomMatrix.HaarOrthogonal(rows + 2, rows, stream), collapsed);
                bool backward = variation <= Math.Sqrt(Math.Min(rows, samples)) * blocks.Deviation * (1 + 1e-9)
                    && ClassCentroids.Compute(rotated, partition).WithinVariation <= 1e-26 * (1 + Math.Pow(Frobenius.Norm(rotated), 2));
                bool separates = data.Labels.Length == classes || variation <= 1e-30 || blocks.Deviation > 0;
                return forward && backward && separates;
            },
            iter: 300);
}
