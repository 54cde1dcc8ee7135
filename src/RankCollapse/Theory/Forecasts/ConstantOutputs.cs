using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// The network with equal outputs for all samples that costs least: W_1 = 0, so that training is that of a single sample which is 0 and counts N times. Without
/// biases, and where activations fix 0, it is the network that is 0.
/// </summary>
internal static class ConstantOutputs
{
    private const double Tolerance = 1e-6;

    private const int MostSteps = 200;

    /// <summary>Finds it; null where the solver did not.</summary>
    internal static ForecastCandidate? Find(NetworkSpecification specification, DataSet data, ObjectiveSettings settings)
    {
        NetworkSpecification shape = specification.With(inputDimension: 1);
        var zero = new DataSet("constant", new Matrix(1, data.SampleCount), data.Targets, new int[data.SampleCount]);
        var problem = new CentroidProblem(shape, zero, settings);
        var network = new Network(problem.Specification);
        Objective objective = problem.ObjectiveAt(new Matrix(1, 1));
        bool isZero = !specification.HasBias && specification.FixesZero;
        double value;
        if (isZero)
        {
            value = objective.Value(network).Total;
        }
        else
        {
            try
            {
                Initialization.Initialize(network, InitializationScheme.Orthogonal, seed: 0);
                var solver = new GaussNewtonSolver(objective, network);
                CentroidEnd.Run(solver, Tolerance, MostSteps, new WorkBudget(double.PositiveInfinity));
                value = solver.Value.Total;
            }
            catch (ComputationFailedException)
            {
                return null;
            }
        }
        int[] ranks = [.. objective.Features.Skip(1).Select(z => isZero || Frobenius.Norm(z) <= Tolerance ? 0 : 1)];
        return new ForecastCandidate(isZero ? "the network that is 0" : "constant outputs", value + problem.WithinTargets, ranks);
    }
}
