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
        Settings = ["learning-rate", "schedule", "momentum", "batch-size", "precision"],
        DefaultLearningRate = convention => convention == Convention.Sum ? 1e-4 : 1e-2,
        VectorsPerCheckpoint = 2,
        Alternative = Solvers.Default,
    };

    private readonly double _momentum;
    private readonly bool _isNesterov;
    private readonly StateVector _velocity;
    private double _rate;

    /// <summary>Prepares the solver.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="network">The start.</param>
    /// <param name="rate">η.</param>
    /// <param name="momentum">m, 0 ≤ m &lt; 1.</param>
    /// <param name="isNesterov">Whether the momentum is Nesterov's.</param>
    /// <param name="batches">The mini-batches; null for all samples in every step.</param>
    public GradientDescentSolver(
        Objective objective, Network network, LearningRate rate, double momentum, bool isNesterov = false, MiniBatches? batches = null)
        : base(objective, network, rate, batches)
    {
        if (!(momentum is >= 0 and < 1)) throw new InvalidInputException($"momentum is {momentum}; it must be at least 0 and less than 1.");
        _momentum = momentum;
        _isNesterov = isNesterov;
        _velocity = new StateVector(Network.Parameters.Length, Singles is not null);
    }

    /// <inheritdoc/>
    protected override void Update(double rate)
    {
        _rate = rate;
        OverParameters();
    }

    /// <inheritdoc/>
    protected override void Update(int start, int count)
    {
        if (Singles is { } singles)
        {
            SingleElementWise.Momentum(
                singles.Parameters.AsSpan(start, count), singles.Gradient.AsSpan(start, count), _velocity.Singles.AsSpan(start, count),
                (float)_momentum, (float)_rate, _isNesterov);
            return;
        }
        ElementWise.Momentum(
            Network.Parameters.AsSpan(start, count), Gradient.Parameters.AsSpan(start, count), _velocity.Doubles.AsSpan(start, count),
            _momentum, _rate, _isNesterov);
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        WriteState(writer, _velocity);
    }

    /// <inheritdoc/>
    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        ReadState(reader, _velocity);
    }
}
