namespace RankCollapse.LinearAlgebra;

/// <summary>The tolerances of the library, each scaled to the problem and with its reason.</summary>
public static class Tolerances
{
    /// <summary>2^−52, the distance from 1 to the next double; rounding to nearest errs by half of it.</summary>
    public const double MachineEpsilon = 2.220446049250313e-16;

    /// <summary>
    /// 1e−5: a singular value counts for the numerical rank of weights and features when it exceeds this fraction of the largest.
    /// It is the scale at which a trained layer's spectrum shows its gap, far above rounding and far below the K leading values.
    /// </summary>
    public const double NumericalRank = 1e-5;

    /// <summary>
    /// 1e−9: two ends of an interval whose square roots differ by less than this fraction of the larger count as equal,
    /// half the digits of a double, which the square root of a sum of squares always has.
    /// </summary>
    public const double IntervalsMeet = 1e-9;

    /// <summary>
    /// 1e−8: within-class variation below this fraction of the total variation counts as collapsed,
    /// that is relative distances to the centroids below 1e−4.
    /// </summary>
    public const double Collapsed = 1e-8;

    /// <summary>
    /// 1e−2: within-class variation below this fraction of the total counts as nearly collapsed, relative distances to the centroids below a tenth.
    /// </summary>
    public const double NearlyCollapsed = 1e-2;

    /// <summary>
    /// max(m, n)·ε: below this fraction of the largest, a singular value of an m×n matrix cannot be told from 0,
    /// because backward stable decompositions err by a modest multiple of ε·s_1. The default cut-off of pseudo-inverses.
    /// </summary>
    public static double PseudoInverseCutoff(int rows, int columns) => Math.Max(Math.Max(rows, columns), 1) * MachineEpsilon;

    /// <summary>
    /// 8·(√m + √n)·ε: the relative error in Frobenius norm that a backward stable decomposition of an m×n matrix is granted.
    /// The worst case grows like a polynomial of the sizes; rounding errors of mixed signs grow like the square root.
    /// </summary>
    public static double Decomposition(int rows, int columns) => 8 * (Math.Sqrt(rows) + Math.Sqrt(columns)) * MachineEpsilon;
}
