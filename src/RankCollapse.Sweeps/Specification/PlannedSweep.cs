using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Specification;

/// <summary>A plan, and what there is to say of it before it runs.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Specified">Trials that the specification makes, before exclusions.</param>
/// <param name="Excluded">Trials that it excludes.</param>
/// <param name="Repeated">Trials that are equal to another one, and run once.</param>
public sealed record PlannedSweep(SweepPlan Plan, int Specified, int Excluded, int Repeated);
