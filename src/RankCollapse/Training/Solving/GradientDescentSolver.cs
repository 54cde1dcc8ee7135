using System.Numerics.Tensors;
using RankCollapse.Networks;

namespace RankCollapse.Training.Solving;

/// <summary>Gradient descent with heavy-ball momentum (Polyak 1964): v ← m·v + ∇J, Θ ← Θ − η·v, on the full batch.</summary>
internal sealed class GradientDescentSolver : Solver
{
    /// <summary>
    /// The solver's line of the table; steps scale with the objective, so that a sum over some hundred samples needs a smaller rate than a mean.
    /// </summary>
    internal static SolverEntry Entry { get; } = new()
    {
        Name = "sgd",
        Meaning = "gradient descent with momentum on the full batch",
        Create = (settings, objective, network) => new GradientDescentSolver(objective, network, settings.ToLearningRate(), settings.Momentum),
        Settings = ["learning-rate", "schedule", "momentum"],
        DefaultLearningRate = convention => convention == Convention.Sum ? 1e-4 : 1e-2,
        VectorsPerCheckpoint = 2,
        Alternative = Solvers.Default,
    };

    private readonly LearningRate _rate;
    private readonly double _momentum;
    private readonly double[] _velocity;
    private long _steps;

    /// <summary>Prepares the solver.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="network">The start.</param>
    /// <param name="rate">η.</param>
    /// <param name="momentum">m, 0 ≤ m &lt; 1.</param>
    public GradientDescentSolver(Objective objective, Network network, LearningRate rate, double momentum)
        : base(objective, network)
    {
        ArgumentNullException.ThrowIfNull(rate);
        if (!(momentum is >= 0 and < 1)) throw new InvalidInputException($"momentum is {momentum}; it must be at least 0 and less than 1.");
        _rate = rate;
        _momentum = momentum;
        _velocity = new double[Network.Parameters.Length];
    }

    /// <inheritdoc/>
    public override StepOutcome Step()
    {
        double rate = _rate.At(_steps);
        _steps++;
        TensorPrimitives.MultiplyAdd(_velocity, _momentum, Gradient.Parameters, _velocity);
        TensorPrimitives.MultiplyAdd(_velocity, -rate, Network.Parameters, Network.Parameters);
        Evaluate();
        return IsFinite() ? StepOutcome.Moved : StepOutcome.NonFinite;
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_steps);
        WriteVector(writer, _velocity);
    }

    /// <inheritdoc/>
    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _steps = reader.ReadInt64();
        ReadVector(reader, _velocity);
    }
}
