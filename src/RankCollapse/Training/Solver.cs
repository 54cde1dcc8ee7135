using System.Runtime.InteropServices;
using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>What one iteration of a solver came to.</summary>
public enum StepOutcome
{
    /// <summary>The parameters moved.</summary>
    Moved,

    /// <summary>No step decreases the objective any more, to rounding.</summary>
    Stalled,

    /// <summary>The objective or the gradient is not finite at the new point.</summary>
    NonFinite,
}

/// <summary>
/// An iterative minimiser of an <see cref="Objective"/>. Between steps, value and gradient are those of the current parameters,
/// and the objective's features are those of the same point.
/// </summary>
public abstract class Solver
{
    /// <summary>Prepares a solver; <see cref="Start"/> evaluates the first point.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="network">The start; it is changed in place.</param>
    protected Solver(Objective objective, Network network)
    {
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(network);
        Objective = objective;
        Network = network;
        Gradient = new Network(network.Specification);
    }

    /// <summary>What is minimised.</summary>
    public Objective Objective { get; }

    /// <summary>The current parameters.</summary>
    public Network Network { get; }

    /// <summary>∇J at the current parameters, shaped like the network.</summary>
    public Network Gradient { get; }

    /// <summary>J at the current parameters.</summary>
    public ObjectiveValue Value { get; protected set; }

    /// <summary>Gradients evaluated so far.</summary>
    public long GradientEvaluations { get; protected set; }

    /// <summary>Products with the Hessian or the Gauss–Newton matrix so far.</summary>
    public long HessianProducts { get; protected set; }

    /// <summary>The relative gradient norm at which training stops, so that nothing is solved beyond it; 0 where it may go on.</summary>
    internal double Target { get; set; }

    /// <summary>
    /// Asked inside an iteration, at a point like any other: whether all is there that training was asked for. Null asks for a small gradient only.
    /// </summary>
    internal Func<bool>? HasAll { get; set; }

    /// <summary>Whether the gradient of all samples belongs to a record also where it costs more than the record.</summary>
    internal bool RecordsGradient { get; set; } = true;

    /// <summary>One line on what the solver is doing, for the progress display; empty where there is nothing to say.</summary>
    public virtual string Phase => "";

    /// <summary>The relative gradient norm that rounding leaves where it has the last word, from the sizes there; null while that is not known.</summary>
    public virtual double? RoundingFloor => null;

    /// <summary>Whether value, gradient and features are those of all samples at the current parameters; else value and gradient are of mini-batches.</summary>
    public virtual bool IsMeasured => true;

    /// <summary>Steps in an epoch: the number of mini-batches, or 1.</summary>
    public virtual long StepsPerEpoch => 1;

    /// <summary>Whether the last step was not the last of its epoch.</summary>
    public virtual bool IsInsideEpoch => false;

    /// <summary>Whether a step can come to <see cref="StepOutcome.NonFinite"/>; the training loop then keeps a good state to go back to.</summary>
    public virtual bool CanDiverge => true;

    /// <summary>Evaluates the current point; the first call after construction or <see cref="Load"/>.</summary>
    /// <returns>Whether value and gradient are finite.</returns>
    public virtual bool Start()
    {
        Evaluate();
        return IsFinite();
    }

    /// <summary>Evaluates value and gradient of all samples at the current parameters, where they are not known.</summary>
    public virtual void Measure()
    {
    }

    /// <summary>Evaluates what a record needs of all samples: the value, and the gradient where it is known or asked for, else its size is NaN.</summary>
    internal virtual void MeasureForRecord() => Measure();

    /// <summary>Does one iteration.</summary>
    public abstract StepOutcome Step();

    /// <summary>Looks for a lower point where training would end, and goes there.</summary>
    /// <returns>Whether there was one, from which training goes on.</returns>
    internal virtual bool LeavesTheEnd() => false;

    /// <summary>The gradient's size at the current point.</summary>
    public GradientSize GradientSize { get; private protected set; }

    /// <summary>Writes the parameters and all that the next step depends on.</summary>
    public virtual void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(GradientEvaluations);
        writer.Write(HessianProducts);
        WriteVector(writer, Network.Parameters);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; <see cref="Start"/> must follow.</summary>
    public virtual void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        // Start evaluates the stored point once more; an interrupted run counts as many gradients as one that was not.
        GradientEvaluations = Math.Max(0, reader.ReadInt64() - 1);
        HessianProducts = reader.ReadInt64();
        ReadVector(reader, Network.Parameters);
    }

    /// <summary>Evaluates value and gradient at the current parameters.</summary>
    protected void Evaluate()
    {
        Value = Objective.ValueAndGradient(Network, Gradient);
        GradientSize = Objective.GradientSize;
        GradientEvaluations++;
    }

    /// <summary>Whether the current value and gradient are finite.</summary>
    protected bool IsFinite() => double.IsFinite(Value.Total) && double.IsFinite(GradientSize.Norm);

    /// <summary>Writes a vector as its raw doubles.</summary>
    protected static void WriteVector(BinaryWriter writer, ReadOnlySpan<double> values)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Reads a vector of a known length.</summary>
    /// <exception cref="InvalidInputException">The stored length differs.</exception>
    protected static void ReadVector(BinaryReader reader, Span<double> values)
    {
        ArgumentNullException.ThrowIfNull(reader);
        int length = reader.ReadInt32();
        if (length != values.Length)
        {
            string problem = $"The checkpoint holds a vector of {length} numbers where this network has {values.Length}; it belongs to another run.";
            throw new InvalidInputException($"{problem} Replace the run (force).") { Settings = ["force"] };
        }
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values));
    }
}
