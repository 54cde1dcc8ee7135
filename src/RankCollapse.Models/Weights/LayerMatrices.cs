using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>Which matrix stands for a convolution's kernel w of shape [out, in/groups, k_1, …].</summary>
public enum ConvolutionView
{
    /// <summary>out × (in·k_1·…): the matrix that acts on patches. One block per group.</summary>
    Unfolded,

    /// <summary>k_1·… matrices out × in, one for each position of the kernel; their singular values together.</summary>
    Slices,

    /// <summary>
    /// The convolution as a linear map of n×…×n images with periodic borders: for each of the n^d frequencies the out × in matrix of the kernel's Fourier
    /// transform (Sedghi, Gupta and Long 2019); their singular values together, which are exactly those of the map.
    /// </summary>
    Fourier,
}

/// <summary>Cuts a layer's tensor into its matrices.</summary>
internal static class LayerMatrices
{
    /// <summary>The shape of the blocks, from the tensor's shape alone.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="view">For convolutions.</param>
    /// <param name="fourierSize">n for <see cref="ConvolutionView.Fourier"/>.</param>
    /// <exception cref="InvalidInputException">The layer is larger than a matrix can be.</exception>
    public static BlockShape Shape(WeightLayer layer, ConvolutionView view, int fourierSize)
    {
        IReadOnlyList<long> shape = layer.Tensor.Shape;
        (long rows, long columns, long count) = layer.Kind switch
        {
            LayerKind.Convolution or LayerKind.TransposedConvolution => Convolution(layer, view, fourierSize),
            _ => (shape[^2], shape[^1], shape.Take(shape.Count - 2).Aggregate(1L, (product, size) => product * size)),
        };
        if (rows > int.MaxValue || columns > int.MaxValue || count > int.MaxValue || rows * columns > Array.MaxLength)
            throw new InvalidInputException(
                $"The layer {ErrorText.Printable(layer.Name)} is {count} × {rows}×{columns}, more than a matrix can have ({Array.MaxLength} numbers).");
        return new BlockShape((int)rows, (int)columns, (int)count);
    }

    /// <summary>The weights of a layer, de-quantised where they are stored as whole numbers.</summary>
    public static double[] Read(ModelTensors model, WeightLayer layer) =>
        layer.Applied is { } applied ? applied.Read(model, layer.Tensor.Name) : model.ReadDoubles(layer.Tensor.Name);

    /// <summary>The singular values of each block.</summary>
    public static IEnumerable<double[]> Spectra(WeightLayer layer, double[] values, ConvolutionView view, int fourierSize)
    {
        bool isConvolution = layer.Kind is LayerKind.Convolution or LayerKind.TransposedConvolution;
        if (!isConvolution || view != ConvolutionView.Fourier)
            return Blocks(layer, values, view).Select(TallSpectrum.Of);
        Kernel kernel = KernelOf(layer);
        return Enumerable.Range(0, layer.Groups).SelectMany(group => FourierBlocks.Spectra(values, kernel, group * kernel.Outputs, fourierSize));
    }

    /// <summary>The blocks of the views that cut the tensor, one after the other; the values are only borrowed, and matrices that fit share them.</summary>
    public static IEnumerable<Matrix> Blocks(WeightLayer layer, double[] values, ConvolutionView view)
    {
        BlockShape shape = Shape(layer, view, fourierSize: 1);
        bool isConvolution = layer.Kind is LayerKind.Convolution or LayerKind.TransposedConvolution;
        if (!isConvolution || (view == ConvolutionView.Unfolded && layer.Layout == WeightLayout.OutputFirst))
        {
            for (int block = 0; block < shape.Count; block++) yield return new Matrix(values, block * shape.Rows * shape.Columns, shape.Rows, shape.Columns);
            yield break;
        }
        Kernel kernel = KernelOf(layer);
        if (view == ConvolutionView.Unfolded)
        {
            yield return Gather(
                values, kernel, 0, kernel.Inputs * kernel.Positions, (row, column) => kernel.Index(row, column / kernel.Positions, column % kernel.Positions));
            yield break;
        }
        for (int group = 0; group < layer.Groups; group++)
        {
            int first = group * kernel.Outputs;
            for (int position = 0; position < kernel.Positions; position++)
                yield return Gather(values, kernel, first, kernel.Inputs, (row, column) => kernel.Index(row, column, position));
        }
    }

    internal static Kernel KernelOf(WeightLayer layer)
    {
        IReadOnlyList<long> shape = layer.Tensor.Shape;
        bool isLast = layer.Layout == WeightLayout.ChannelsLast;
        int[] sizes = [.. (isLast ? shape.Take(shape.Count - 2) : shape.Skip(2)).Select(size => (int)size)];
        return isLast
            ? new Kernel((int)shape[^1], (int)shape[^2], sizes, IsChannelsLast: true)
            : new Kernel((int)(shape[0] / layer.Groups), (int)shape[1], sizes, IsChannelsLast: false);
    }

    private static (long Rows, long Columns, long Count) Convolution(WeightLayer layer, ConvolutionView view, int fourierSize)
    {
        Kernel kernel = KernelOf(layer);
        return view switch
        {
            ConvolutionView.Unfolded => (kernel.Outputs, (long)kernel.Inputs * kernel.Positions, layer.Groups),
            ConvolutionView.Slices => (kernel.Outputs, kernel.Inputs, (long)layer.Groups * kernel.Positions),
            _ => (kernel.Outputs, kernel.Inputs, layer.Groups * FourierBlocks.Frequencies(kernel, fourierSize)),
        };
    }

    private static Matrix Gather(double[] values, Kernel kernel, int firstRow, int columns, Func<int, int, int> index)
    {
        var result = new Matrix(kernel.Outputs, columns);
        for (int row = 0; row < kernel.Outputs; row++)
        {
            Span<double> target = result.Row(row);
            for (int column = 0; column < columns; column++) target[column] = values[index(firstRow + row, column)];
        }
        return result;
    }
}

/// <summary>The kernel of a convolution.</summary>
/// <param name="Outputs">Outputs of one group.</param>
/// <param name="Inputs">Inputs of one group.</param>
/// <param name="Sizes">k_1, k_2, ….</param>
/// <param name="IsChannelsLast">Whether it is stored as […, in, out] and not as [out, in, …].</param>
internal sealed record Kernel(int Outputs, int Inputs, int[] Sizes, bool IsChannelsLast)
{
    /// <summary>k_1·k_2·….</summary>
    public int Positions { get; } = Sizes.Aggregate(1, (product, size) => product * size);

    /// <summary>Where a number lies.</summary>
    public int Index(int output, int input, int position) =>
        IsChannelsLast ? (((position * Inputs) + input) * Outputs) + output : (((output * Inputs) + input) * Positions) + position;
}
