using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Theory.Certificates;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class NetworkTailTests
{
    /// <summary>A point with the tail after a layer, evaluated at that layer's features.</summary>
    private static readonly Gen<(TrainingPoint Point, int From, TailPass Pass)> Tails =
        TrainingPoint.All(1).SelectMany(point => Gen.Int[0, point.Depth - 1].Select(from =>
        {
            Matrix features = point.Network.Features(point.Data.Inputs)[from];
            return (point, from, new NetworkTail(point.Network, point.Settings.Loss, point.Coefficients, from).Evaluate(features, point.Data.Targets));
        }));

    [Fact]
    public void Features_AreThoseOfTheNetwork() =>
        Tails.Sample(
            (point, from, pass) =>
            {
                Matrix[] features = point.Network.Features(point.Data.Inputs);
                return Layers(point, from).All(l => Frobenius.Distance(pass.Features[l], features[l]) <= 1e-13 * (1 + Frobenius.Norm(features[l])));
            },
            iter: 200);

    [Fact]
    public void Gradients_DoNotDependOnWhereTheTailStarts() =>
        Tails.Sample(
            (point, from, pass) =>
            {
                TailPass whole = point.Pass();
                return Layers(point, from).All(l => Frobenius.Distance(pass.Gradient(l), whole.Gradient(l)) <= 1e-12 * (1 + Frobenius.Norm(whole.Gradient(l))));
            },
            iter: 200);

    [Fact]
    public void Gradient_IsLinearInTheWeightsOfTheSamples() =>
        Tails.Sample(
            (point, _, pass) =>
            {
                Matrix once = pass.Gradient(point.Depth), twice = pass.Gradient(point.Depth, [.. Enumerable.Repeat(2.0, point.Data.SampleCount)]);
                return Frobenius.Distance(twice, once.Scaled(2)) <= 1e-13 * (1 + Frobenius.Norm(once));
            },
            iter: 100);

    private static IEnumerable<int> Layers(TrainingPoint point, int from) => Enumerable.Range(from + 1, point.Depth - from);
}
