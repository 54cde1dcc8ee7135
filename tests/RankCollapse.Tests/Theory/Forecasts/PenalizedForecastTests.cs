using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class PenalizedForecastTests
{
    private static readonly Gen<(int Depth, double R, double H, bool IsResidual, double Target)> Chains =
        Gen.Select(Gen.Int[2, 12], Gen.Double[-4, 1], Gen.Double[-6, 1], Gen.Bool, Gen.Double[0.2, 20])
            .Select((depth, r, h, isResidual, target) => (depth, Math.Pow(10, r), h < -4 ? 0 : Math.Pow(10, h), isResidual, target));

    internal static DataSet Classes(int dimension, int[] sizes, long seed)
    {
        int[] labels = [.. sizes.SelectMany((size, k) => Enumerable.Repeat(k, size))];
        return DataSet.FromLabels("classes", Gaussian(dimension, labels.Length, seed), labels, sizes.Length);
    }

    [Fact]
    public void Objective_OfTenBalancedClassesInTenLayers_IsTheMeasuredNumber()
    {
        DataSet data = Classes(200, [.. Enumerable.Repeat(20, 10)], 1);
        var specification = new NetworkSpecification(200, [.. Enumerable.Repeat(200, 9), 10]);
        Forecast forecast = PenalizedForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 1e-5 });
        Assert.Equal(221.206, forecast.ObjectivePerLambda, 5e-4);
        Assert.Equal(1e-5 * forecast.ObjectivePerLambda, forecast.Objective, 1e-15);
        Assert.Empty(forecast.UnmetHypotheses);
        Assert.Equal(Math.Sqrt(20), forecast.Layers[9].FeatureSingularValues[0], 1e-13);
        Assert.Null(forecast.Layers[0].WeightSingularValues);
    }

    [Fact]
    public void Weights_OfTheMeanConvention_AreThoseThatTrainingApproached()
    {
        DataSet data = Classes(200, [.. Enumerable.Repeat(20, 10)], 2);
        var specification = new NetworkSpecification(200, [.. Enumerable.Repeat(200, 4), 10]);
        Forecast forecast = PenalizedForecast.Compute(specification, data, new ObjectiveSettings { Convention = Convention.Mean });
        double[] expected = [0.675, 0.814, 0.894, 0.954];
        for (int l = 2; l <= 5; l++) Assert.Equal(expected[l - 2], forecast.Layers[l - 1].WeightSingularValues![0], 6e-4);
    }

    [Fact]
    public void Chain_IsStationaryAndNoNearbyChainIsCheaper() =>
        Chains.Sample(
            c =>
            {
                ScalarChain chain = ScalarChain.Solve(c.Depth, c.R, c.H, c.IsResidual, c.Target);
                if (Math.Abs(chain.Features[c.Depth] - c.Target) > 1e-12 * c.Target) return false;
                for (int l = 1; l < c.Depth; l++)
                {
                    foreach (double factor in new[] { 1 - 1e-4, 1 + 1e-4 })
                        if (CostOf(chain, c, l, factor) < chain.Cost * (1 - 1e-14)) return false;
                    double slope = (CostOf(chain, c, l, 1 + 1e-5) - CostOf(chain, c, l, 1 - 1e-5)) / 2e-5;
                    if (Math.Abs(slope) > 1e-7 * chain.Cost) return false;
                }
                return true;
            },
            iter: 300);

    private static double Dot(Matrix a, Matrix b) => System.Numerics.Tensors.TensorPrimitives.Dot<double>(a.AsSpan(), b.AsSpan());

    private static double CostOf(ScalarChain chain, (int Depth, double R, double H, bool IsResidual, double Target) c, int layer, double factor)
    {
        double[] s = [.. chain.Features];
        s[layer] *= factor;
        double cost = 0.5 * c.H * s[1] * s[1];
        for (int l = 1; l <= c.Depth; l++)
        {
            cost += 0.5 * c.R * s[l] * s[l];
            if (l == 1) continue;
            double w = (s[l] / s[l - 1]) - (c.IsResidual && l < c.Depth ? 1 : 0);
            cost += 0.5 * w * w;
        }
        return cost;
    }

    [Fact]
    public void CoupledChain_OfDiagonalCoupling_IsTheScalarChains() =>
        Gen.Select(Gen.Int[2, 6], Gen.Double[-2, 0.5], Gen.Bool, Gen.Int[0, 1 << 20]).Sample(
            (depth, exponent, isResidual, seed) =>
            {
                var stream = new RandomStream(seed, RandomPurpose.Sampling);
                double r = Math.Pow(10, exponent), sum = 0;
                var coupling = new Matrix(3, 3);
                var targets = new double[3];
                for (int k = 0; k < 3; k++)
                {
                    coupling[k, k] = 0.05 + stream.NextUniform();
                    targets[k] = 1 + (3 * stream.NextUniform());
                    sum += ScalarChain.Solve(depth, r, coupling[k, k], isResidual, targets[k]).Cost;
                }
                var chain = CoupledChain.Solve(depth, r, coupling, isResidual, targets);
                return Math.Abs(chain.Cost - sum) <= 1e-10 * sum;
            },
            iter: 200);

    [Theory]
    [InlineData(Architecture.Feedforward)]
    [InlineData(Architecture.Residual)]
    public void CoupledForecast_IsAStationaryPointOfTheLinearNetworksObjective(Architecture architecture)
    {
        DataSet data = Classes(14, [7, 3, 2], 5);
        var specification = new NetworkSpecification(14, [3, 3, 3, 3], architecture, hiddenActivation: Activation.Identity);
        var settings = new ObjectiveSettings { Lambda = 1, Delta = 0.7, LambdaFeatures = 0.3 };
        Forecast forecast = PenalizedForecast.Compute(specification, data, settings);

        // An independent minimiser: the network that interpolates is moved along the constraint by following its own chain.
        TargetDirections directions = TargetDirections.Of(data);
        Matrix coupling = directions.FirstLayerCost.Copy();
        System.Numerics.Tensors.TensorPrimitives.Multiply(coupling.AsSpan(), 0.7, coupling.AsSpan());
        var chain = CoupledChain.Solve(4, 0.3, coupling, architecture == Architecture.Residual, directions.Values);
        Assert.Equal(chain.Cost, forecast.ObjectivePerLambda, 1e-10);
        Assert.Equal(chain.Cost, Cost(null, 0, 0), 1e-9);
        for (int trial = 0; trial < 200; trial++)
        {
            int layer = 1 + (trial % 3);
            Matrix direction = Gaussian(3, 3, 100 + trial);
            double ahead = Cost(direction, layer, 1e-5), behind = Cost(direction, layer, -1e-5);
            Assert.Equal(0, (ahead - behind) / 2e-5, 1e-6 * chain.Cost);
            Assert.True(ahead > chain.Cost - 1e-9 && behind > chain.Cost - 1e-9, $"trial {trial}");
        }

        double Cost(Matrix? direction, int layer, double step)
        {
            var a = new Matrix[5];
            for (int l = 1; l <= 4; l++)
            {
                a[l] = chain.Features[l].Copy();
                if (l == layer) System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(direction!.AsSpan(), step, a[l].AsSpan(), a[l].AsSpan());
            }
            double cost = 0.5 * Dot(Product.Multiply(a[1], coupling), a[1]);
            for (int l = 1; l <= 4; l++)
            {
                cost += 0.15 * Dot(a[l], a[l]);
                if (l == 1) continue;
                Matrix w = Product.Multiply(a[l], PseudoInverse.Compute(a[l - 1]).Inverse);
                if (specification.HasSkip(l)) for (int i = 0; i < 3; i++) w[i, i] -= 1;
                cost += 0.5 * Dot(w, w);
            }
            return cost;
        }
    }

    [Fact]
    public void Forecast_WithDelta_TendsToTheOneWithoutAndCostsMore()
    {
        foreach (int[] sizes in new[] { new[] { 5, 5, 5 }, [9, 4, 2] })
        {
            DataSet data = Classes(20, sizes, 7);
            var specification = new NetworkSpecification(20, [15, 15, 3]);
            double limit = Of(0).ObjectivePerLambda, last = double.PositiveInfinity;
            foreach (double delta in new[] { 10, 1, 0.1, 1e-3, 1e-6 })
            {
                double found = Of(delta).ObjectivePerLambda;
                Assert.InRange(found, limit, last);
                last = found;
            }
            Assert.Equal(limit, last, 1e-4 * limit);

            Forecast Of(double delta) => PenalizedForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 0.5, Delta = delta });
        }
    }

    [Fact]
    public void Forecast_OutsideItsHypotheses_SaysWhich()
    {
        DataSet data = Classes(4, [5, 5, 5], 7);
        var specification = new NetworkSpecification(4, [2, 15, 3], hasBias: true, hiddenActivation: Activation.Parse("sigmoid"));
        string unmet = string.Join('\n', PenalizedForecast.Compute(specification, data, new ObjectiveSettings()).UnmetHypotheses);
        Assert.Contains("no biases", unmet);
        Assert.Contains("sigmoid", unmet);
        Assert.Contains("rank(Y) = 3", unmet);
        Assert.Contains("row space of X", unmet);
        Assert.Throws<InvalidInputException>(() => PenalizedForecast.Compute(specification, data, new ObjectiveSettings { Loss = Loss.CrossEntropy }));
        Assert.Throws<InvalidInputException>(() => PenalizedForecast.Compute(specification, data, new ObjectiveSettings { LambdaFeatures = 0 }));
        Assert.Throws<InvalidInputException>(() => PenalizedForecast.Compute(specification, data, new ObjectiveSettings { Lambda = 0 }));
    }
}
