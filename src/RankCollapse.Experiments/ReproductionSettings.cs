namespace RankCollapse.Experiments;

/// <summary>What a user chooses of a reproduction.</summary>
/// <param name="IsQuick">A faithful smaller version of every figure.</param>
/// <param name="Seed">The first seed; a figure that needs several takes those that follow.</param>
public sealed record ReproductionSettings(bool IsQuick = false, long Seed = 0);
