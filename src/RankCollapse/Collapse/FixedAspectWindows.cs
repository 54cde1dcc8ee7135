using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// Square windows of a matrix that is not square. The distribution of the singular values depends on the ratio of the sides even for noise, and so does an
/// exponent that is fitted to it; windows of one ratio make layers of different shapes comparable (Hu, Goel, Killiakov and Yang 2025, fixed-aspect-ratio matrix
/// subsampling).
/// </summary>
/// <remarks>
/// Four windows of side h = ⌈min(m, n)/2⌉ and ratio 1: number i = 0 … 3 begins at ⌊i·(L − h)/3⌋ along the longer side of length L, and along the shorter one
/// at its beginning for even i and at its end for odd ones. Their values together are the sample.
/// </remarks>
public static class FixedAspectWindows
{
    private const int Count = 4;

    /// <summary>The singular values of the windows of all blocks; none for square blocks, which are their own window, and for vectors.</summary>
    /// <param name="blocks">The matrices, all m×n; unchanged.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    public static double[] SingularValues(IEnumerable<Matrix> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var values = new List<double>();
        foreach (Matrix block in blocks)
        {
            int shorter = Math.Min(block.Rows, block.Columns), longer = Math.Max(block.Rows, block.Columns), side = (shorter + 1) / 2;
            if (shorter == longer || shorter < 2) return [];
            for (int i = 0; i < Count; i++)
            {
                int along = (int)((long)i * (longer - side) / (Count - 1)), across = i % 2 == 0 ? 0 : shorter - side;
                values.AddRange(SingularValueDecomposition.SingularValues(
                    block.Rows > block.Columns ? block.Block(along, across, side, side) : block.Block(across, along, side, side)));
            }
        }
        return [.. values];
    }
}
