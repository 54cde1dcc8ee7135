using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Paths;

/// <summary>The halves of one layer's part of a path, Lemma B.1.</summary>
public enum PathSegment
{
    /// <summary>The right singular vectors turn along Lemma B.2's flow.</summary>
    BrockettFlow,

    /// <summary>The singular values move on the segment (20).</summary>
    SingularValues,
}

/// <summary>The path at one time; cost and conditions are computed anew from the features there.</summary>
/// <param name="Time">t ∈ [0, 1].</param>
/// <param name="Layer">The layer that moves, 1 … L − 1.</param>
/// <param name="Segment">How it moves up to this time.</param>
/// <param name="Cost">L(γ(t)), equation (11).</param>
/// <param name="Error">What rounding may have changed the cost by.</param>
/// <param name="MovingCost">The moving layer's share of it, ½‖σ_{l+1}^{-1}(Z^{l+1})·Z^{l,+}‖²; the others' shares are constant meanwhile.</param>
/// <param name="Representability">The largest ‖A·Z^{l,+}Z^l − A‖/‖A‖, A = σ_{l+1}^{-1}(Z^{l+1}), of (I); 0 to rounding.</param>
/// <param name="SingularValueMargin">The least 1 − s_i(Z^l)²/(C_l·s_i(A)²) of (II); not negative beyond rounding.</param>
/// <param name="RankMargin">The least rank(σ_l^{-1}(Z^l)) − rank(Y) of (III).</param>
public readonly record struct PathSample(
    double Time, int Layer, PathSegment Segment, double Cost, double Error, double MovingCost, double Representability, double SingularValueMargin,
    int RankMargin)
{
    /// <summary>Whether (I), (II) and (III) hold, as far as rounding lets them be told.</summary>
    public bool IsInConstraints => Representability <= PathCheck.LargestError && SingularValueMargin >= -PathCheck.LargestError && RankMargin >= 0;
}

/// <summary>γ(t) with its features.</summary>
/// <param name="Features">Z^0 … Z^L.</param>
/// <param name="Cost">L(γ(t)); at the time of a rank drop the lower cost of that time alone, and the least cost at t = 1.</param>
/// <param name="Limit">The limit of the cost from before t; above the cost at rank drops and at t = 1, and equal to it elsewhere.</param>
/// <param name="Error">What rounding may have changed the cost by; NaN where the features' digits do not suffice to compute it from them, next to a rank
/// drop and to t = 1: there it is that of the path's formulas.</param>
public sealed record PathState(IReadOnlyList<Matrix> Features, double Cost, double Limit, double Error);

/// <summary>The part of the path in which one layer moves.</summary>
/// <param name="Layer">l.</param>
/// <param name="Constant">C_l.</param>
/// <param name="StartCost">The cost before.</param>
/// <param name="EndCost">The cost after.</param>
/// <param name="RankDropCount">The rank drops that were found meanwhile.</param>
public sealed record PathPart(int Layer, double Constant, double StartCost, double EndCost, int RankDropCount);
