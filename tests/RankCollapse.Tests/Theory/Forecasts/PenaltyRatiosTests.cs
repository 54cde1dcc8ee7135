using CsCheck;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class PenaltyRatiosTests
{
    [Theory]
    [InlineData(Convention.Sum, 0.5, 0.25, 2)]
    [InlineData(Convention.Mean, 0.5, 0.25, 0.2)]
    [InlineData(Convention.Equation3, 1, 0.5, 0)]
    public void Ratios_AreThoseOfTheConvention(Convention convention, double firstLayer, double lambda, double features)
    {
        var settings = new ObjectiveSettings { Convention = convention, Lambda = 0.25, Delta = 0.5, LambdaFeatures = 0.5 };
        Assert.Equal(new PenaltyRatios(lambda, firstLayer, features), PenaltyRatios.Of(settings, 3, 10));
    }

    [Fact]
    public void Ratios_DoNotDependOnTheSizeOfLambda() =>
        Gen.Select(Gen.Double[0.1, 10], Gen.Double[0, 2], Gen.Double[0, 2]).Sample(
            (factor, delta, features) =>
            {
                var one = PenaltyRatios.Of(new ObjectiveSettings { Lambda = 1, Delta = delta, LambdaFeatures = features }, 3, 10);
                var other = PenaltyRatios.Of(new ObjectiveSettings { Lambda = factor, Delta = delta, LambdaFeatures = factor * features }, 3, 10);
                return Math.Abs(one.FirstLayer - other.FirstLayer) + Math.Abs(one.Features - other.Features) <= 1e-14;
            },
            iter: 200);

    [Fact]
    public void Objective_WithoutLambdaOrASecondLayer_IsRefused()
    {
        Assert.Throws<InvalidInputException>(() => PenaltyRatios.Of(new ObjectiveSettings { Lambda = 0 }, 3, 10));
        Assert.Throws<InvalidInputException>(() => PenaltyRatios.Of(new ObjectiveSettings(), 1, 10));
    }
}
