using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>What decompositions ask of their operands.</summary>
internal static class Require
{
    /// <summary>Refuses NaN and ±∞, on which iterations would not end.</summary>
    internal static void Finite(Matrix a, string what)
    {
        ReadOnlySpan<double> entries = a.AsSpan();
        if (entries.IsEmpty || double.IsFinite(TensorPrimitives.MaxMagnitude(entries))) return;
        for (int i = 0; i < entries.Length; i++)
        {
            if (!double.IsFinite(entries[i]))
                throw new InvalidInputException(
                    $"The {what} of a {a.Rows}×{a.Columns} matrix needs finite entries, but row {i / a.Columns}, column {i % a.Columns} holds {entries[i]}; "
                    + "look for overflow or NaN where it was computed.");
        }
    }

    /// <summary>Refuses matrices with unequal sides.</summary>
    internal static void Square(Matrix a, string what)
    {
        if (a.Rows != a.Columns) throw new ShapeMismatchException($"The {what} needs a square matrix, but this one is {a.Rows}×{a.Columns}.");
    }

    /// <summary>Refuses cut-offs outside [0, 1).</summary>
    internal static void RelativeTolerance(double tolerance)
    {
        if (!(tolerance is >= 0 and < 1)) throw new InvalidInputException($"A relative tolerance lies in [0, 1), found {tolerance}.");
    }
}
