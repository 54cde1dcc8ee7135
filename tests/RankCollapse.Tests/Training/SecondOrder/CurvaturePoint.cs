using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

/// <summary>A small random problem whose objective has just seen a gradient and kept its curvature.</summary>
internal sealed class CurvaturePoint
{
    private CurvaturePoint(TrainingProblem problem)
    {
        Problem = problem;
        Network = problem.Network;
        Objective = new Objective(Network.Specification, problem.Data, problem.Settings, keepsCurvature: true);
        Objective.ValueAndGradient(Network, new Network(Network.Specification));
        Operator = new CurvatureOperator(Network.Specification, problem.Data.SampleCount);
    }

    /// <summary>In place of a name: smooth activations, one drawn for each layer.</summary>
    public const string Mixed = "mixed";

    public TrainingProblem Problem { get; }

    public Network Network { get; }

    public Objective Objective { get; }

    public CurvatureOperator Operator { get; }

    /// <summary>Random problems with one activation: every loss, convention, architecture, with and without biases, three of each.</summary>
    public static IEnumerable<CurvaturePoint> All(string activation)
    {
        foreach (var c in TrainingProblem.Combinations.Where(c => activation == Mixed && c.Activation == Activation.Tanh))
            for (int seed = 0; seed < 3; seed++)
            {
                TrainingProblem problem = TrainingProblem.Random(seed, c.Activation, c.Loss, c.Convention, c.Architecture, c.HasBias);
                yield return new CurvaturePoint(problem.Mixed(seed, a => a.IsSmooth));
            }
        foreach (var c in TrainingProblem.Combinations.Where(c => c.Activation.Name == activation))
            for (int seed = 0; seed < 3; seed++)
                yield return new CurvaturePoint(TrainingProblem.Random(seed, c.Activation, c.Loss, c.Convention, c.Architecture, c.HasBias));
    }

    public Network Direction(int seed)
    {
        var stream = new RandomStream(seed, RandomPurpose.Sampling, 77);
        var direction = new Network(Network.Specification);
        for (int i = 0; i < direction.Parameters.Length; i++) direction.Parameters[i] = stream.NextGaussian();
        return direction;
    }
}
