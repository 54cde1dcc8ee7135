using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Training.Solving;

/// <summary>The table of solvers: each is a type in a file and a line here.</summary>
public static class Solvers
{
    /// <summary>The solver when none is named.</summary>
    public const string Default = "gauss-newton";

    /// <summary>All solvers, in the order of help.</summary>
    public static Registry<SolverEntry> All { get; } = new(
        "solver",
        entry => entry.Name,
        AdamSolver.Entry,
        AdamSolver.DecoupledEntry,
        GradientDescentSolver.Entry,
        LbfgsSolver.Entry,
        GaussNewtonSolver.Entry);
}
