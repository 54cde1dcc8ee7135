namespace RankCollapse.Collapse;

/// <summary>The matrices of a layer, all of one shape; the layer acts as the block-diagonal matrix of them.</summary>
/// <param name="Rows">m of each block.</param>
/// <param name="Columns">n of each block.</param>
/// <param name="Count">How many blocks.</param>
public sealed record BlockShape(int Rows, int Columns, int Count)
{
    /// <summary>m×n, or B blocks of m×n.</summary>
    public override string ToString() => Count == 1 ? $"{Rows}×{Columns}" : $"{Count} × {Rows}×{Columns}";
}
