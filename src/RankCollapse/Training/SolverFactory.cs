using RankCollapse.Networks;
using RankCollapse.Runs;

namespace RankCollapse.Training;

/// <summary>Makes the solver that a configuration names, and knows its defaults.</summary>
public static class SolverFactory
{
    private const int LbfgsPairs = 20;

    /// <summary>Makes the solver.</summary>
    /// <param name="configuration">Its solver, learning rate, schedule, momentum and number of epochs are used.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="network">The start; it is changed in place.</param>
    /// <exception cref="InvalidInputException">The solver's name is unknown.</exception>
    public static Solver Create(RunConfiguration configuration, Objective objective, Network network)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Solver switch
        {
            "adam" => new AdamSolver(objective, network, RateOf(configuration)),
            "sgd" => new GradientDescentSolver(objective, network, RateOf(configuration), configuration.Momentum),
            "lbfgs" => new LbfgsSolver(objective, network, LbfgsPairs),
            "gauss-newton" => new GaussNewtonSolver(objective, network),
            _ => throw new InvalidInputException($"There is no solver '{ErrorText.Printable(configuration.Solver)}'; {NearMatches.Advice(configuration.Solver, RunConfiguration.Solvers)}"),
        };
    }

    /// <summary>The learning rate of a solver when none is given; null for solvers that have none.</summary>
    /// <remarks>
    /// Adam's steps do not depend on the objective's scale: 1e−3. Those of gradient descent do: 1e−2 where the data term is a mean,
    /// and 1e−4 where it is a sum over some hundred samples.
    /// </remarks>
    public static double? DefaultLearningRate(RunConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Solver switch
        {
            "adam" => 1e-3,
            "sgd" => configuration.Convention == Convention.Sum ? 1e-4 : 1e-2,
            _ => null,
        };
    }

    /// <summary>Whether the learning rate of an epoch depends on the number of epochs planned, so that a run cannot be made longer afterwards.</summary>
    public static bool DependsOnMaxEpochs(RunConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Schedule == RateSchedule.Cosine && DefaultLearningRate(configuration) is not null;
    }

    /// <summary>How many vectors of the parameters' length a solver's checkpoint holds.</summary>
    public static int VectorsPerCheckpoint(RunConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Solver switch
        {
            "sgd" or "gauss-newton" => 2,
            "lbfgs" => (2 * LbfgsPairs) + 2,
            _ => 3,
        };
    }

    private static LearningRate RateOf(RunConfiguration configuration) => new(
        configuration.LearningRate ?? DefaultLearningRate(configuration)!.Value,
        configuration.Schedule,
        configuration.MaxEpochs);
}
