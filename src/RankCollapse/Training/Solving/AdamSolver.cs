using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.Solving;

/// <summary>Adam (Kingma and Ba 2015) on the full batch, β₁ = 0.9, β₂ = 0.999, ε = 1e−8; weight decay is part of the gradient.</summary>
internal sealed class AdamSolver : Solver
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    /// <summary>Adam's line of the table; its steps do not depend on the objective's scale.</summary>
    internal static SolverEntry Entry { get; } = new()
    {
        Name = "adam",
        Meaning = "Adam on the full batch",
        Create = (settings, objective, network) => new AdamSolver(objective, network, settings.ToLearningRate()),
        Settings = ["learning-rate", "schedule"],
        DefaultLearningRate = _ => 1e-3,
        VectorsPerCheckpoint = 3,
        Alternative = Solvers.Default,
    };

    private readonly LearningRate _rate;
    private readonly double[] _first;
    private readonly double[] _second;
    private long _steps;

    /// <summary>Prepares the solver.</summary>
    public AdamSolver(Objective objective, Network network, LearningRate rate)
        : base(objective, network)
    {
        ArgumentNullException.ThrowIfNull(rate);
        _rate = rate;
        _first = new double[Network.Parameters.Length];
        _second = new double[Network.Parameters.Length];
    }

    /// <inheritdoc/>
    public override StepOutcome Step()
    {
        double rate = _rate.At(_steps);
        _steps++;
        double firstCorrection = 1 / (1 - Elementary.Power(Beta1, _steps));
        double secondCorrection = 1 / (1 - Elementary.Power(Beta2, _steps));
        ElementWise.Adam(Network.Parameters, Gradient.Parameters, _first, _second, Beta1, Beta2, rate * firstCorrection, secondCorrection, Epsilon);
        Evaluate();
        return IsFinite() ? StepOutcome.Moved : StepOutcome.NonFinite;
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_steps);
        WriteVector(writer, _first);
        WriteVector(writer, _second);
    }

    /// <inheritdoc/>
    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _steps = reader.ReadInt64();
        ReadVector(reader, _first);
        ReadVector(reader, _second);
    }
}
