using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Compression;

namespace RankCollapse.Tests.Models.Compression;

public sealed class RankBudgetTests
{
    [Fact]
    public void Choose_OnSmallModels_IsTheBestOfAllChoices() =>
        Gen.Select(Gen.Int[1, 3], Gen.Long[1, 10_000], Gen.Double[0.2, 1.0]).Sample((layers, seed, share) =>
        {
            LayerSpectrum[] spectra =
                [.. Enumerable.Range(0, layers).Select(l => Spectrum(4 + (int)((seed + l) % 5), 5 + (int)((seed + (2 * l)) % 4), seed + l))];
            long budget = (long)(share * spectra.Sum(s => s.Layer.Parameters));
            double? best = BestOfAll(spectra, budget);
            if (best is null)
            {
                Assert.Throws<InvalidInputException>(() => Choose(spectra, budget));
                return;
            }
            RankAllocation choice = Choose(spectra, budget);
            Assert.True(choice.IsOptimal);
            Assert.InRange(choice.Parameters, 0, budget);
            Assert.Equal(best.Value, choice.Error, 1e-12);
            Assert.Equal(choice.Error, ErrorOf(spectra, choice.Ranks), 1e-12);
        }, iter: 300);

    [Fact]
    public void Choose_WithRoomForAll_KeepsEveryLayerWhole()
    {
        LayerSpectrum[] spectra = [Spectrum(10, 12, 1), Spectrum(8, 8, 2)];
        RankAllocation choice = Choose(spectra, 120 + 64);
        Assert.Equal([0, 0], choice.Ranks);
        Assert.Equal(0, choice.Error);
    }

    [Fact]
    public void Choose_GivesRanksToTheLayerThatNeedsThem()
    {
        // One layer of rank 1 and one with equal singular values.
        var flat = LayerSpectrum.OfWeights(new LayerBlocks([Matrix.Identity(12)]));
        var thin = LayerSpectrum.OfWeights(
            new LayerBlocks([Product.Multiply(new Matrix([.. Enumerable.Repeat(1.0, 12)], 0, 12, 1), new Matrix([.. Enumerable.Repeat(1.0, 12)], 0, 1, 12))]));
        RankAllocation choice = Choose([flat, thin], 24 + (24 * 4));
        Assert.Equal([4, 1], choice.Ranks);
    }

    [Fact]
    public void Choose_OnLargeModels_StaysWithinTheBoundOfTheRelaxation()
    {
        LayerSpectrum[] spectra = [.. Enumerable.Range(0, 30).Select(l => Spectrum(20 + l, 64 - l, 100 + l))];
        long all = spectra.Sum(s => s.Layer.Parameters);
        foreach (double share in (double[])[0.3, 0.5, 0.7])
        {
            RankAllocation choice = Choose(spectra, (long)(share * all));
            Assert.InRange(choice.Parameters, 0, (long)(share * all));
            Assert.InRange(choice.Error, choice.LowerBound * (1 - 1e-12), (choice.LowerBound * 1.02) + 1e-9);
        }
    }

    private static RankAllocation Choose(LayerSpectrum[] spectra, long budget) =>
        RankBudget.Choose([.. spectra.Select(s => new RankChoices(s, [.. Enumerable.Range(1, s.Layer.LargestUsefulRank)]))], budget);

    private static LayerSpectrum Spectrum(int rows, int columns, long seed)
    {
        var stream = new RandomStream(seed, RandomPurpose.Sampling);
        Matrix a = RandomMatrix.Gaussian(rows, columns, stream);
        // Columns of falling size give spectra that fall at different speeds.
        double decay = 0.5 + (0.5 * stream.NextUniform());
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                a[i, j] *= Math.Pow(decay, j);
        return LayerSpectrum.OfWeights(new LayerBlocks([a]));
    }

    private static double ErrorOf(LayerSpectrum[] spectra, IReadOnlyList<int> ranks) =>
        spectra.Zip(ranks).Sum(pair => pair.Second == 0 ? 0 : Math.Pow(pair.First.ErrorAt(pair.Second) / pair.First.ErrorAt(0), 2));

    private static double? BestOfAll(LayerSpectrum[] spectra, long budget)
    {
        double? best = null;
        void Try(int layer, long left, int[] ranks)
        {
            if (left < 0) return;
            if (layer == spectra.Length)
            {
                double error = ErrorOf(spectra, ranks);
                if (best is null || error < best) best = error;
                return;
            }
            for (int rank = 0; rank <= spectra[layer].Layer.LargestUsefulRank; rank++)
            {
                ranks[layer] = rank;
                Try(layer + 1, left - (rank == 0 ? spectra[layer].Layer.Parameters : spectra[layer].Layer.ParametersAt(rank)), ranks);
            }
        }
        Try(0, budget, new int[spectra.Length]);
        return best;
    }
}
