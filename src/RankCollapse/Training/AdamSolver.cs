using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>How a first-order solver's learning rate changes.</summary>
public enum RateSchedule
{
    /// <summary>The same in every epoch.</summary>
    Constant,

    /// <summary>η_t = η·½(1 + cos(πt/T)), from η at the first of T epochs to 0 after the last.</summary>
    Cosine,
}

/// <summary>Learning rate and schedule of a first-order solver.</summary>
/// <param name="Rate">η &gt; 0.</param>
/// <param name="Schedule">How it changes.</param>
/// <param name="Epochs">T, for the cosine.</param>
public sealed record LearningRate(double Rate, RateSchedule Schedule, long Epochs)
{
    /// <summary>η &gt; 0.</summary>
    /// <exception cref="InvalidInputException">The rate is not a positive number.</exception>
    public double Rate { get; init; } = Rate > 0 && double.IsFinite(Rate)
        ? Rate
        : throw new InvalidInputException($"learning-rate is {Rate}; it must be a finite number above 0.");

    /// <summary>η_t for epoch t = 0, 1, ….</summary>
    public double At(long epoch) => Schedule == RateSchedule.Constant
        ? Rate
        : Rate * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(epoch, Epochs) / Math.Max(1, Epochs)));
}

/// <summary>Adam (Kingma and Ba 2015) on the full batch, β₁ = 0.9, β₂ = 0.999, ε = 1e−8; weight decay is part of the gradient.</summary>
public sealed class AdamSolver : Solver
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

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
        double firstCorrection = 1 / (1 - Math.Pow(Beta1, _steps));
        double secondCorrection = 1 / (1 - Math.Pow(Beta2, _steps));
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
