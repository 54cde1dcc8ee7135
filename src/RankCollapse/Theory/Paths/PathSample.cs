namespace RankCollapse.Theory.Paths;

/// <summary>The halves of one layer's part of a path, Lemma B.1.</summary>
public enum PathSegment
{
    /// <summary>The right singular vectors turn along Lemma B.2's flow.</summary>
    BrockettFlow,

    /// <summary>The singular values move on the segment (20).</summary>
    SingularValues,
}

/// <summary>The path at one time.</summary>
/// <param name="Time">t ∈ [0, 1].</param>
/// <param name="Layer">The layer that moves, 1 … L − 1.</param>
/// <param name="Segment">How it moves up to this time.</param>
/// <param name="Cost">L(γ(t)), with the ranks that hold beside the jumps.</param>
/// <param name="MovingCost">The moving layer's share of it, ½‖σ_{l+1}^{-1}(Z^{l+1})·Z^{l,+}‖²; the others' shares are constant meanwhile.</param>
public readonly record struct PathSample(double Time, int Layer, PathSegment Segment, double Cost, double MovingCost);

/// <summary>The part of the path in which one layer moves.</summary>
/// <param name="Layer">l.</param>
/// <param name="Constant">C_l.</param>
/// <param name="StartCost">The cost before.</param>
/// <param name="EndCost">The cost after.</param>
/// <param name="RankDropCount">The rank drops that were found meanwhile.</param>
public sealed record PathPart(int Layer, double Constant, double StartCost, double EndCost, int RankDropCount);
