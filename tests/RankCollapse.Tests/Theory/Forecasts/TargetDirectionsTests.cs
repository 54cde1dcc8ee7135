using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Forecasts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class TargetDirectionsTests
{
    private static readonly Gen<DataSet> Data =
        from sizes in ClassSizes(4, 4)
        from more in Gen.Int[0, 3]
        from data in Classes(sizes.Sum() + more, sizes)
        select data;

    [Fact]
    public void Values_OfOneHotTargets_AreTheRootsOfTheClassSizes() =>
        Data.Sample(
            data =>
            {
                double[] expected = [.. data.Labels.GroupBy(k => k).Select(g => Math.Sqrt(g.Count())).OrderDescending()];
                return TargetDirections.Of(data).Values.Zip(expected).All(p => Math.Abs(p.First - p.Second) <= 1e-13 * p.Second);
            },
            iter: 200);

    [Fact]
    public void Balance_IsThatOfTheClassSizes() =>
        Data.Sample(data => TargetDirections.Of(data).AreBalanced == (data.Labels.GroupBy(k => k).Select(g => g.Count()).Distinct().Count() == 1), iter: 200);

    [Fact]
    public void Targets_AreReachableFromInputsOfFullRank() => Data.Sample(data => TargetDirections.Of(data).UnreachableShare <= 1e-13, iter: 200);

    [Fact]
    public void FirstLayerCost_OfOrthonormalInputs_IsTheIdentity() =>
        Matrices.Orthonormal(6, 6).Sample(
            inputs =>
            {
                TargetDirections found = TargetDirections.Of(DataSet.FromLabels("orthonormal", inputs, [0, 0, 1, 1, 2, 2], 3));
                return Frobenius.Distance(found.FirstLayerCost, Matrix.Identity(3)) <= 1e-12;
            },
            iter: 200);

    [Fact]
    public void Targets_OfZeros_AreRefused() =>
        Assert.Throws<InvalidInputException>(() => TargetDirections.Of(new DataSet("zeros", Matrix.Identity(3), new Matrix(2, 3), [])));
}
