using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Theory.Forecasts;

/// <summary>Where a start of the centroid problem has led.</summary>
/// <param name="Solver">The small problem at its end.</param>
/// <param name="First">The first layer, with the stiffness of the end.</param>
/// <param name="Lifted">The network for all samples.</param>
/// <param name="Full">The full problem at the lifted network.</param>
/// <param name="Value">Its value.</param>
/// <param name="Total">The objective that is forecast.</param>
/// <param name="Steps">The solver's steps.</param>
/// <param name="IsPenalised">Whether λ_1 > 0.</param>
/// <param name="Start">Where it began.</param>
internal sealed record CentroidEnd(
    GaussNewtonSolver Solver, CentroidFirstLayer First, Network Lifted, Objective Full, ObjectiveValue Value, double Total, int Steps, bool IsPenalised,
    string Start)
{
    /// <summary>How well the problem is solved before the stiffness is known.</summary>
    private const double RoughTolerance = 1e-2;

    /// <summary>A change of the stiffness by this share changes the spread by less, and the objective by its square.</summary>
    private const double StiffnessTolerance = 0.05;

    private const int MostRounds = 3;

    /// <summary>Follows a start to its end: with λ_1 > 0 problem and stiffness are solved in turns.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="ratios">The penalties.</param>
    /// <param name="options">Seed, tolerance and limits.</param>
    /// <param name="index">The number of the start; 0 is the penalised recursion's network where there is one.</param>
    /// <param name="budget">What is left of the work of all starts.</param>
    /// <returns>Null where the start would be a random one that is left out.</returns>
    internal static CentroidEnd? Follow(CentroidProblem problem, PenaltyRatios ratios, CentroidForecastOptions options, int index, WorkBudget budget)
    {
        bool isPenalised = ratios.FirstLayer > 0;
        var stiffness = CentroidStiffness.Uniform(problem.Coefficients.DataFactor, problem.Sizes);
        CentroidFirstLayer first = problem.FirstLayer(stiffness);
        var network = new Network(problem.Specification);
        string begin = $"random start {index + 1}";
        if (index == 0 && options.BeginsWithGraph && GraphStart.TryFill(network, first, problem.Sizes.Length)) begin = "a graph's edges";
        else if (index <= 1 && CentroidStart.TryFill(network, first, problem, ratios, options.Seed, isWhole: index == 0))
            begin = index == 0 ? "the recursion" : "the recursion without directions that cost more than they bring";
        else if (index > 0 && options.BeginsWithRecursionAlone) return null;
        else Initialization.Initialize(network, InitializationScheme.Orthogonal, options.Seed + index);
        (GaussNewtonSolver solver, int steps) = Solve(network, isPenalised ? Math.Max(options.GradientTolerance, RoughTolerance) : options.GradientTolerance);
        for (int round = 0; isPenalised && round < MostRounds; round++)
        {
            // What the spread costs in the layers after it, from a network that is known by now.
            var found = CentroidStiffness.Of(problem, solver.Network, first.Inputs);
            bool isSettled = round > 0 && found.DistanceFrom(stiffness) < StiffnessTolerance;
            CentroidFirstLayer next = problem.FirstLayer(stiffness = found);
            network = solver.Network.Copy();
            Product.Multiply(Product.Multiply(solver.Network.Weights(1), first.Inputs), PseudoInverse.Compute(next.Inputs).Inverse, network.Weights(1));
            first = next;
            (solver, int more) = Solve(network, options.GradientTolerance);
            steps += more;
            if (isSettled || budget.IsSpent) break;
        }
        Objective full = problem.FullObjective();
        Network lifted = first.Lift(full.Specification, solver.Network);
        ObjectiveValue value = full.ValueAndGradient(lifted, new Network(full.Specification));
        double total = isPenalised ? value.Total : solver.Value.Total + problem.WithinTargets;
        return new CentroidEnd(solver, first, lifted, full, value, total, steps, isPenalised, begin);

        (GaussNewtonSolver Solver, int Steps) Solve(Network from, double tolerance)
        {
            var newton = new GaussNewtonSolver(problem.ObjectiveAt(first.Inputs), from);
            return (newton, Run(newton, tolerance, options.MaxSteps, budget));
        }
    }

    /// <summary>The end as a network among others.</summary>
    internal ForecastCandidate ToCandidate() => new($"centroid problem from {Start}", Value.Total, [.. Layers().Select(l => l.FeatureSingularValues.Count)]);

    /// <summary>Spectra of every layer; beyond K there is the spread, of which the network of K directions says little.</summary>
    internal IReadOnlyList<ForecastLayer> Layers()
    {
        int rank = First.ToClasses.Rows;
        double[][] features = IsPenalised
            ? [.. Full.Features.Select(z => NonZero(z, rank))]
            : [.. Solver.Objective.Features.Select(z => NonZero(SampleWeights.Root(Solver.Objective.SampleWeights, z)))];
        return [.. Enumerable.Range(1, Lifted.Specification.Depth).Select(l => new ForecastLayer(
            l, features[l], l == 1 && !IsPenalised ? null : NonZero(Lifted.Weights(l), Math.Min(rank, features[l - 1].Length))))];
    }

    /// <summary>Newton's method to a relative gradient norm, at least one step if that is not reached; returns the steps.</summary>
    internal static int Run(GaussNewtonSolver solver, double tolerance, int maxSteps, WorkBudget budget)
    {
        int steps = 0;
        if (!solver.Start()) throw new ComputationFailedException("The objective is not finite at the start.");
        while (steps < maxSteps && solver.GradientSize.Relative > tolerance)
        {
            steps++;
            (long gradients, long products) = (solver.GradientEvaluations, solver.HessianProducts);
            StepOutcome outcome = solver.Step();
            budget.SpendStep(solver.Objective, solver.GradientEvaluations - gradients, solver.HessianProducts - products);
            if (outcome != StepOutcome.Moved || budget.IsSpent) break;
        }
        return steps;
    }

    /// <summary>The singular values above the cut-off, at most so many: stationary weights −E·Z^{l−1,T}/λ_l have at most the rank of Z^{l−1}.</summary>
    private static double[] NonZero(Matrix a, int most = int.MaxValue)
    {
        double[] values = SingularValueDecomposition.SingularValues(a);
        return values[..Math.Min(most, NumericalRank.Of(values, Tolerances.NumericalRank))];
    }
}
