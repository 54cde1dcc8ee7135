using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Compression;

namespace RankCollapse.Tests.Models.Compression;

public sealed class RankPathTests
{
    [Fact]
    public void EveryChoice_IsTheBestOfItsSize() =>
        Gen.Select(Gen.Int[1, 3], Gen.Long[1, 10_000], Gen.Int[1, 2]).Sample((count, seed, multiple) =>
        {
            RankChoices[] layers = [.. Enumerable.Range(0, count).Select(l => Layer(6 + (int)((seed + l) % 5), 7 + (int)(seed % 4), seed + l, multiple))];
            var path = new RankPath(layers, [.. layers.Select(_ => 1.0)]);
            for (int steps = 0; steps < path.Sizes.Count; steps++)
            {
                int[] ranks = path.RanksAt(steps);
                Assert.Equal(path.Sizes[steps], ranks.Select((rank, l) => layers[l].CostOf(rank)).Sum());
                Assert.All(ranks, rank => Assert.Equal(0, rank % multiple));
                double error = ranks.Select((rank, l) => rank == 0 ? 0 : layers[l].Choices.First(choice => choice.Rank == rank).Error).Sum();
                Assert.Equal(RankBudget.Choose(layers, path.Sizes[steps]).Error, error, 1e-12);
            }
        }, iter: 100);

    [Fact]
    public void WeightierLayers_GetTheirRanksFirst()
    {
        RankChoices[] layers = [Layer(12, 12, 1, 1), Layer(12, 12, 1, 1)];
        int[] ranks = new RankPath(layers, [1, 1e-3]).RanksAt(3);
        Assert.True(ranks[0] == 0 || ranks[0] > ranks[1]);
    }

    private static RankChoices Layer(int rows, int columns, long seed, int multiple)
    {
        var spectrum = LayerSpectrum.OfWeights(new LayerBlocks([RandomMatrix.Gaussian(rows, columns, new RandomStream(seed, RandomPurpose.Sampling))]));
        return new RankChoices(spectrum, [.. Enumerable.Range(1, spectrum.Layer.LargestUsefulRank / multiple).Select(i => i * multiple)]);
    }
}
