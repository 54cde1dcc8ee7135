using RankCollapse.Collapse;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Tests.Models.Weights;

public sealed class LayerMatricesTests
{
    [Fact]
    public void FourierView_HasTheSingularValuesOfTheWholeMap()
    {
        // The map of 4×4 images with 2 channels to 3 channels with periodic borders, as one 48×32 matrix.
        const int Size = 4, Inputs = 2, Outputs = 3;
        WeightLayer layer = Convolution([Outputs, Inputs, 3, 3]);
        double[] kernel = [.. ModelBytes.Numbers(Outputs * Inputs * 9)];
        var map = new Matrix(Outputs * Size * Size, Inputs * Size * Size);
        for (int o = 0; o < Outputs; o++)
            for (int i = 0; i < Inputs; i++)
                for (int y = 0; y < Size; y++)
                    for (int x = 0; x < Size; x++)
                        for (int p = 0; p < 3; p++)
                            for (int q = 0; q < 3; q++)
                                map[(((o * Size) + y) * Size) + x,
                                    (((i * Size) + ((y + p) % Size)) * Size) + ((x + q) % Size)] += kernel[(((((o * Inputs) + i) * 3) + p) * 3) + q];
        Same(SingularValueDecomposition.SingularValues(map), Values(layer, kernel, ConvolutionView.Fourier, Size));
    }

    [Fact]
    public void Groups_AreTheBlocksOfABlockDiagonalMatrix()
    {
        WeightLayer layer = Convolution([6, 2, 3], groups: 3);
        double[] kernel = [.. ModelBytes.Numbers(36)];
        var whole = new Matrix(6, 18);
        for (int o = 0; o < 6; o++)
            for (int j = 0; j < 6; j++)
                whole[o, (o / 2 * 6) + j] = kernel[(o * 6) + j];
        Same(SingularValueDecomposition.SingularValues(whole), Values(layer, kernel, ConvolutionView.Unfolded, 0));
        Assert.Equal(new BlockShape(2, 6, 3), LayerMatrices.Shape(layer, ConvolutionView.Unfolded, 0));
    }

    [Fact]
    public void SlicesOfAKernel_AreItsMatricesAtEachPosition()
    {
        WeightLayer layer = Convolution([3, 2, 2, 2]);
        double[] kernel = [.. ModelBytes.Numbers(24)];
        Matrix[] blocks = [.. LayerMatrices.Blocks(layer, kernel, ConvolutionView.Slices)];
        Assert.Equal(4, blocks.Length);
        Assert.Equal(kernel[(((2 * 2) + 1) * 4) + 3], blocks[3][2, 1]);
        Assert.Equal(new BlockShape(3, 2, 4), LayerMatrices.Shape(layer, ConvolutionView.Slices, 0));
    }

    [Theory]
    [InlineData(ConvolutionView.Unfolded)]
    [InlineData(ConvolutionView.Slices)]
    [InlineData(ConvolutionView.Fourier)]
    public void ChannelsLast_HasTheValuesOfChannelsFirst(ConvolutionView view)
    {
        WeightLayer first = Convolution([4, 3, 2, 2]);
        WeightLayer last = first with { Tensor = new TensorEntry("w", ElementType.F32, [2, 2, 3, 4]), Layout = WeightLayout.ChannelsLast };
        double[] kernel = [.. ModelBytes.Numbers(48)];
        var turned = new double[48];
        for (int o = 0; o < 4; o++)
            for (int i = 0; i < 3; i++)
                for (int p = 0; p < 4; p++)
                    turned[(((p * 3) + i) * 4) + o] = kernel[(((o * 3) + i) * 4) + p];
        Same(Values(first, kernel, view, 3), Values(last, turned, view, 3));
    }

    private static WeightLayer Convolution(long[] shape, int groups = 1) => new()
    {
        Name = "w",
        Tensor = new TensorEntry("w", ElementType.F32, shape),
        Kind = LayerKind.Convolution,
        Layout = WeightLayout.OutputFirst,
        Groups = groups,
        Evidence = "",
    };

    private static double[] Values(WeightLayer layer, double[] kernel, ConvolutionView view, int size) =>
        [.. LayerMatrices.Spectra(layer, kernel, view, size).SelectMany(values => values).OrderDescending()];

    private static void Same(double[] expected, double[] found)
    {
        // A block-diagonal matrix may have further zeros.
        double[] positive = [.. expected.Where(value => value > 1e-12 * expected[0])];
        Assert.Equal(positive.Length, found.Count(value => value > 1e-12 * found[0]));
        for (int i = 0; i < positive.Length; i++) Assert.Equal(positive[i], found[i], 1e-13 * positive[0]);
    }
}
