using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.Solving;

/// <summary>
/// Adam (Kingma and Ba 2015), β₁ = 0.9, β₂ = 0.999, ε = 1e−8. Weight decay is part of the gradient, or, as AdamW (Loshchilov and Hutter 2019), apart from it:
/// W_l ← (1 − ηλ_l)W_l before each step.
/// </summary>
internal sealed class AdamSolver : FirstOrderSolver
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    /// <summary>Adam's line of the table; its steps do not depend on the objective's scale.</summary>
    internal static SolverEntry Entry { get; } = Line("adam", "Adam", decaysApart: false);

    /// <summary>AdamW's line of the table.</summary>
    internal static SolverEntry DecoupledEntry { get; } = Line("adamw", "Adam with weight decay apart from the gradient", decaysApart: true);

    private readonly StateVector _first;
    private readonly StateVector _second;
    private double _rate;
    private double _secondCorrection;

    /// <summary>Prepares the solver.</summary>
    public AdamSolver(Objective objective, Network network, LearningRate rate, MiniBatches? batches = null)
        : base(objective, network, rate, batches)
    {
        _first = new StateVector(Network.Parameters.Length, Singles is not null);
        _second = new StateVector(Network.Parameters.Length, Singles is not null);
    }

    /// <inheritdoc/>
    protected override void Update(double rate)
    {
        double firstCorrection = 1 / (1 - Elementary.Power(Beta1, Steps));
        double secondCorrection = 1 / (1 - Elementary.Power(Beta2, Steps));
        (_rate, _secondCorrection) = (rate * firstCorrection, secondCorrection);
        OverParameters();
    }

    /// <inheritdoc/>
    protected override void Update(int start, int count)
    {
        if (Singles is { } singles)
        {
            SingleElementWise.Adam(
                singles.Parameters.AsSpan(start, count), singles.Gradient.AsSpan(start, count), _first.Singles.AsSpan(start, count),
                _second.Singles.AsSpan(start, count), (float)Beta1, (float)Beta2, (float)_rate, (float)_secondCorrection, (float)Epsilon);
            return;
        }
        ElementWise.Adam(
            Network.Parameters.AsSpan(start, count), Gradient.Parameters.AsSpan(start, count), _first.Doubles.AsSpan(start, count),
            _second.Doubles.AsSpan(start, count), Beta1, Beta2, _rate, _secondCorrection, Epsilon);
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        WriteState(writer, _first);
        WriteState(writer, _second);
    }

    /// <inheritdoc/>
    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        ReadState(reader, _first);
        ReadState(reader, _second);
    }

    private static SolverEntry Line(string name, string meaning, bool decaysApart) => new()
    {
        Name = name,
        Meaning = meaning,
        Create = (settings, objective, network) => new AdamSolver(objective, network, settings.ToLearningRate(), settings.ToBatches(objective, decaysApart)),
        Settings = ["learning-rate", "schedule", "batch-size", "precision"],
        DefaultLearningRate = _ => 1e-3,
        VectorsPerCheckpoint = 3,
        Alternative = Solvers.Default,
    };
}
