using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>The samples of an .npz file as they stand in it, and how they were understood.</summary>
/// <param name="InputName">The name of the inputs' array.</param>
/// <param name="Inputs">The inputs.</param>
/// <param name="IsColumns">Whether a sample is a column; otherwise the first axis is that of the samples.</param>
/// <param name="Targets">Y, K×N; null where there are none.</param>
/// <param name="Labels">The label of each sample as the file has it, names numbered in alphabetical order; null where there are none.</param>
/// <param name="Understood">How the file was understood, in words.</param>
public sealed record SampleArrays(string InputName, NpyArray Inputs, bool IsColumns, Matrix? Targets, int[]? Labels, string Understood)
{
    /// <summary>N.</summary>
    public int SampleCount => Inputs.Shape[IsColumns ? 1 : 0];

    /// <summary>The sizes of one sample.</summary>
    public IReadOnlyList<int> SampleShape => IsColumns ? [Inputs.Shape[0]] : [.. Inputs.Shape.Skip(1)];

    /// <summary>X, d×N; images are flattened.</summary>
    public Matrix ToColumns() => IsColumns
        ? new Matrix(Inputs.ToDoubles(), 0, Inputs.Shape[0], Inputs.Shape[1])
        : new Matrix(Inputs.ToDoubles(), 0, SampleCount, Inputs.Count / Math.Max(1, SampleCount)).Transpose();

    /// <summary>The samples after each other.</summary>
    public double[] ToRows() => IsColumns ? ToColumns().Transpose().AsSpan().ToArray() : Inputs.ToDoubles();
}
