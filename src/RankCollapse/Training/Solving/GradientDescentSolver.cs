using System.Numerics.Tensors;
using RankCollapse.Networks;

namespace RankCollapse.Training.Solving;

/// <summary>
/// Gradient descent with heavy-ball momentum (Polyak 1964): v ← m·v + ∇J, Θ ← Θ − η·v, or Nesterov's (1983, in the form of Sutskever et al. 2013):
/// Θ ← Θ − η(∇J + m·v).
/// </summary>
internal sealed class GradientDescentSolver : FirstOrderSolver
{
    /// <summary>
    /// The solver's line of the table; steps scale with the objective, so that a sum over some hundred samples needs a smaller rate than a mean.
    /// </summary>
    internal static SolverEntry Entry { get; } = new()
    {
        Name = "sgd",
        Meaning = "gradient descent with momentum",
        Create = (settings, objective, network) => new GradientDescentSolver(
            objective, network, settings.ToLearningRate(), settings.Momentum, settings.Nesterov, settings.ToBatches(objective, decaysApart: false)),
        Settings = ["learning-rate", "schedule", "momentum", "batch-size"],
        DefaultLearningRate = convention => convention == Convention.Sum ? 1e-4 : 1e-2,
        VectorsPerCheckpoint = 2,
        Alternative = Solvers.Default,
    };

    private readonly double _momentum;
    private readonly bool _isNesterov;
    private readonly double[] _velocity;

    /// <summary>Prepares the solver.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="network">The start.</param>
    /// <param name="rate">η.</param>
    /// <param name="momentum">m, 0 ≤ m &lt; 1.</param>
    /// <param name="isNesterov">Whether the momentum is Nesterov's.</param>
    /// <param name="batches">The mini-batches; null for all samples in every step.</param>
    public GradientDescentSolver(
        Objective objective, Network network, LearningRate rate, double momentum, bool isNesterov = false, SampleBatches? batches = null)
        : base(objective, network, rate, batches)
    {
        if (!(momentum is >= 0 and < 1)) throw new InvalidInputException($"momentum is {momentum}; it must be at least 0 and less than 1.");
        _momentum = momentum;
        _isNesterov = isNesterov;
        _velocity = new double[Network.Parameters.Length];
    }

    /// <inheritdoc/>
    protected override void Update(double rate)
    {
        double[] parameters = Network.Parameters, gradient = Gradient.Parameters;
        TensorPrimitives.MultiplyAdd(_velocity, _momentum, gradient, _velocity);
        if (_isNesterov)
        {
            TensorPrimitives.MultiplyAdd(gradient, -rate, parameters, parameters);
            rate *= _momentum;
        }
        TensorPrimitives.MultiplyAdd(_velocity, -rate, parameters, parameters);
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        WriteVector(writer, _velocity);
    }

    /// <inheritdoc/>
    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        ReadVector(reader, _velocity);
    }
}
