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

/// <summary>A time at which σ_l^{-1}(Z^l) loses rank for a moment, Lemma B.3, so that the cost of layer l jumps down.</summary>
/// <param name="Time">t_i.</param>
/// <param name="Layer">l.</param>
/// <param name="SmallestSingularValue">s_N over s_1 of σ_l^{-1}(Z^l) at the time found.</param>
/// <param name="Cost">L(γ(t_i)) with the ranks that hold beside the jump.</param>
/// <param name="Drop">How far the cost lies below its limits from both sides, 1/(2C_{l−1}) for a rank of N − 1.</param>
public readonly record struct RankDrop(double Time, int Layer, double SmallestSingularValue, double Cost, double Drop);
