using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Theory.Certificates;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class GradientRankTests
{
    [Fact]
    public void Rank_OfGradientsOfASmallBatch_IsAtMostItsSize() =>
        TrainingPoint.WithKinks(1).SelectMany(point => Gen.Int[1, Math.Min(3, point.Data.SampleCount)].Select(size => (point, size))).Sample(
            (point, size) =>
            {
                DataSet data = point.Data;
                Matrix inputs = data.Inputs.Block(0, 0, data.InputDimension, size), targets = data.Targets.Block(0, 0, data.OutputDimension, size);
                var batch = new DataSet("batch", inputs, targets, data.Labels[..size]);
                return GradientRank.Measure(point.Network, batch, point.Settings).All(g => g.Holds);
            },
            iter: 300);

    [Fact]
    public void SingularValues_AreThoseOfTheGradient() =>
        TrainingPoint.All(1).Sample(
            point =>
            {
                Matrix gradient = point.Pass().Gradient(point.Depth);
                double[] expected = SingularValueDecomposition.SingularValues(gradient);
                return GradientRank.Measure(point.Network, point.Data, point.Settings)[^1].SingularValues.SequenceEqual(expected);
            },
            iter: 100);
}
