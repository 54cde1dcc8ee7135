using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Compression;

namespace RankCollapse.Tests.Models.Compression;

public sealed class LayerSpectrumTests
{
    [Fact]
    public void Factors_OfWeights_AttainTheTailOfSingularValues() =>
        Gen.Select(Gen.Int[2, 12], Gen.Int[2, 12], Gen.Int[1, 3], Gen.Long[1, 1000]).Sample((rows, columns, groups, seed) =>
        {
            LayerBlocks layer = Layer(rows, columns, groups, seed);
            var spectrum = LayerSpectrum.OfWeights(layer);
            for (int rank = 1; rank <= spectrum.FullRank; rank++)
                Assert.Equal(spectrum.ErrorAt(rank), spectrum.FactorsAt(rank).ErrorOf(layer), 1e-12 * (1 + spectrum.ErrorAt(0)));
        }, iter: 100);

    [Fact]
    public void Factors_OfOutputs_AttainTheLeastErrorOnData() =>
        Gen.Select(Gen.Int[2, 9], Gen.Int[2, 9], Gen.Int[3, 30], Gen.Long[1, 1000]).Sample((rows, columns, samples, seed) =>
        {
            LayerBlocks layer = Layer(rows, columns, 1, seed);
            Matrix data = Gaussian(columns, samples, seed + 5), outputs = Product.Multiply(layer.Blocks[0], data);
            double[] values = SingularValueDecomposition.SingularValues(outputs);
            var spectrum = LayerSpectrum.OfOutputs(layer, new LayerOutputs([outputs], null));
            for (int rank = 1; rank <= spectrum.FullRank; rank++)
            {
                double least = Math.Sqrt(values.Skip(rank).Sum(s => s * s)), scale = 1e-7 * values[0];
                LayerFactors factors = spectrum.FactorsAt(rank);
                Assert.Equal(least, spectrum.ErrorAt(rank), scale);
                Assert.Equal(least, ErrorOn(data, layer, factors), scale);
                Assert.InRange(ErrorOn(data, layer, LayerSpectrum.OfWeights(layer).FactorsAt(rank)), least - scale, double.MaxValue);
            }
        }, iter: 100);

    [Fact]
    public void Factors_OfOutputs_EqualTheWhitenedDecomposition()
    {
        // The textbook form: S = XXᵀ = Q·diag(λ)·Qᵀ, W·S^½ = U·diag(s)·Vᵀ, W_r = U_r·diag(s_r)·V_rᵀ·S^{-½}.
        LayerBlocks layer = Layer(7, 5, 1, seed: 3);
        Matrix data = Gaussian(5, 40, seed: 4);
        var eigen = SymmetricEigendecomposition.Decompose(Product.OuterGram(data));
        Matrix Power(double exponent) => Product.MultiplyTransposedRight(
            Matrix.FromEntries(5, 5, (i, j) => eigen.Vectors[i, j] * Math.Pow(eigen.Values[j], exponent)), eigen.Vectors);
        var svd = SingularValueDecomposition.Thin(Product.Multiply(layer.Blocks[0], Power(0.5)));
        Matrix truncated = Product.Multiply(
            Matrix.FromEntries(7, 2, (i, j) => svd.Left[i, j] * svd.Values[j]), Product.Multiply(svd.RightTransposed.RowView(0, 2), Power(-0.5)));
        LayerFactors factors = LayerSpectrum.OfOutputs(layer, new LayerOutputs([Product.Multiply(layer.Blocks[0], data)], null)).FactorsAt(2);
        Matrix actual = Product.Multiply(factors.Up[0], factors.Down[0]);
        for (int i = 0; i < 7; i++)
            for (int j = 0; j < 5; j++)
                Assert.Equal(truncated[i, j], actual[i, j], 1e-10);
    }

    [Fact]
    public void Factors_OfOutputs_KeepEverythingOnDataOfLowRank()
    {
        LayerBlocks layer = Layer(10, 12, 1, seed: 8);
        Matrix data = Product.Multiply(Gaussian(12, 3, seed: 9), Gaussian(3, 50, seed: 10));
        var spectrum = LayerSpectrum.OfOutputs(layer, new LayerOutputs([Product.Multiply(layer.Blocks[0], data)], null));
        double norm = spectrum.ErrorAt(0);
        Assert.InRange(ErrorOn(data, layer, spectrum.FactorsAt(3)), 0, 1e-7 * norm);
        Assert.InRange(LayerSpectrum.OfWeights(layer).FactorsAt(3).ErrorOf(layer), 0.1, double.MaxValue);

        // Ranks beyond that of the data go to the weights, whose error falls on to 0.
        Assert.InRange(spectrum.FactorsAt(10).ErrorOf(layer), 0, 1e-12 * norm);
        Assert.True(spectrum.FactorsAt(6).ErrorOf(layer) < spectrum.FactorsAt(3).ErrorOf(layer));
    }

    [Fact]
    public void Factors_OfMoments_EqualThoseOfOutputs()
    {
        LayerBlocks layer = Layer(4, 6, groups: 2, seed: 12);
        Matrix outputs = Gaussian(8, 60, seed: 13);
        var moments = new OutputMoments(2, 4);
        moments.Add(outputs.Block(0, 0, 8, 25));
        moments.Add(outputs.Block(0, 25, 8, 35));
        var direct = LayerSpectrum.OfOutputs(layer, new LayerOutputs([outputs.RowView(0, 4), outputs.RowView(4, 4)], null));
        var summed = LayerSpectrum.OfOutputs(layer, moments.Outputs(hasMeans: false));
        Assert.Equal(60, moments.Count);
        for (int rank = 0; rank <= 4; rank++) Assert.Equal(direct.ErrorAt(rank), summed.ErrorAt(rank), 1e-10 * direct.ErrorAt(0));
    }

    [Fact]
    public void Ranks_AreTheLeastThatRulesAllow()
    {
        // Singular values 4, 2, 1, so energies 16, 4, 1 of 21.
        var layer = new LayerBlocks([Matrix.FromRows([4.0, 0, 0], [0, 2.0, 0], [0, 0, 1.0])]);
        var spectrum = LayerSpectrum.OfWeights(layer);
        Assert.Equal(1, spectrum.RankKeeping(16.0 / 21));
        Assert.Equal(2, spectrum.RankKeeping(16.001 / 21));
        Assert.Equal(3, spectrum.RankKeeping(1));
        Assert.Equal(2, spectrum.RankWithin(1));
        Assert.Equal(3, spectrum.RankWithin(0.999));
        Assert.Equal(1, spectrum.RankWithin(10));
        Assert.Equal(1, layer.LargestUsefulRank);
        Assert.Equal(6, layer.ParametersAt(1));
    }

    [Theory]
    [InlineData(200, 784, 159)]
    [InlineData(10, 200, 9)]
    [InlineData(2, 2, 0)]
    [InlineData(1, 9, 0)]
    public void LargestUsefulRank_IsTheLastThatSavesParameters(int rows, int columns, int expected)
    {
        var layer = new LayerBlocks([new Matrix(rows, columns)]);
        Assert.Equal(expected, layer.LargestUsefulRank);
        Assert.True(layer.ParametersAt(expected) < layer.Parameters);
        Assert.True(layer.ParametersAt(expected + 1) >= layer.Parameters);
    }

    [Fact]
    public void ZeroWeights_HaveErrorZeroAtRank1()
    {
        var spectrum = LayerSpectrum.OfWeights(new LayerBlocks([new Matrix(5, 6)]));
        Assert.Equal(1, spectrum.RankKeeping(0.99));
        Assert.Equal(0, spectrum.FactorsAt(1).ErrorOf(spectrum.Layer));
        Assert.Equal(0, LayerSpectrum.OfOutputs(spectrum.Layer, new LayerOutputs([new Matrix(5, 3)], null)).ErrorAt(1));
    }

    private static Matrix Gaussian(int rows, int columns, long seed) => RandomMatrix.Gaussian(rows, columns, new RandomStream(seed, RandomPurpose.Sampling));

    private static LayerBlocks Layer(int rows, int columns, int groups, long seed) =>
        new([.. Enumerable.Range(0, groups).Select(g => Gaussian(rows, columns, seed + (1000 * g)))]);

    private static double ErrorOn(Matrix data, LayerBlocks layer, LayerFactors factors)
    {
        Matrix exact = Product.Multiply(layer.Blocks[0], data), approximate = Product.Multiply(factors.Up[0], Product.Multiply(factors.Down[0], data));
        return Math.Sqrt(Enumerable.Range(0, exact.Length).Sum(i => Math.Pow(exact.AsSpan()[i] - approximate.AsSpan()[i], 2)));
    }
}
