using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Weights;

/// <summary>
/// The Fourier transform of a kernel on a periodic grid: block(ω)_{o,i} = Σ_p w_{o,i,p}·exp(−2πi ω·p/n). The singular values of all blocks are those of the
/// convolution of n×…×n images with periodic borders (Sedghi, Gupta and Long 2019).
/// </summary>
/// <remarks>
/// A complex block C is decomposed as the real matrix [Re −Im; Im Re], which has each singular value of C twice. Frequencies ω and −ω have conjugate blocks
/// with equal singular values: one of them is given, and its doubled values stand for both; where ω = −ω the block is real and given as it is.
/// </remarks>
internal static class FourierBlocks
{
    /// <summary>n^d.</summary>
    public static long Frequencies(Kernel kernel, int size) => kernel.Sizes.Aggregate(1L, (product, _) => product * size);

    /// <summary>The singular values of one group, block by block; all together are those of the map.</summary>
    public static IEnumerable<double[]> Spectra(double[] values, Kernel kernel, int firstOutput, int size)
    {
        long count = Frequencies(kernel, size);
        var cosines = new double[kernel.Positions];
        var sines = new double[kernel.Positions];
        for (long frequency = 0; frequency < count; frequency++)
        {
            long opposite = Opposite(frequency, kernel.Sizes.Length, size);
            if (opposite < frequency) continue;
            for (int position = 0; position < kernel.Positions; position++)
            {
                double halfTurns = -2.0 * Phase(frequency, position, kernel.Sizes, size) / size;
                (sines[position], cosines[position]) = Elementary.SinCosPi(halfTurns);
            }
            bool isReal = opposite == frequency;
            int m = kernel.Outputs, n = kernel.Inputs;
            var block = new Matrix(isReal ? m : 2 * m, isReal ? n : 2 * n);
            for (int row = 0; row < m; row++)
            {
                for (int column = 0; column < n; column++)
                {
                    double real = 0, imaginary = 0;
                    for (int position = 0; position < kernel.Positions; position++)
                    {
                        double value = values[kernel.Index(firstOutput + row, column, position)];
                        real += value * cosines[position];
                        imaginary += value * sines[position];
                    }
                    block[row, column] = real;
                    if (isReal) continue;
                    block[row + m, column + n] = real;
                    block[row, column + n] = -imaginary;
                    block[row + m, column] = imaginary;
                }
            }
            double[] found = SingularValueDecomposition.SingularValues(block);
            yield return isReal ? found : [.. found.Where((_, i) => i % 2 == 0).SelectMany(value => new[] { value, value })];
        }
    }

    /// <summary>ω·p modulo n, with the digits of the frequency in base n and those of the position in the kernel's sizes.</summary>
    private static long Phase(long frequency, int position, int[] sizes, int size)
    {
        long phase = 0;
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            phase += frequency % size * (position % sizes[axis]);
            frequency /= size;
            position /= sizes[axis];
        }
        return phase % size;
    }

    private static long Opposite(long frequency, int axes, int size)
    {
        long opposite = 0, place = 1;
        for (int axis = 0; axis < axes; axis++)
        {
            opposite += (size - (frequency % size)) % size * place;
            frequency /= size;
            place *= size;
        }
        return opposite;
    }
}
