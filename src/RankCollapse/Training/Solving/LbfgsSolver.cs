using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.Solving;

/// <summary>Limited-memory BFGS (Liu and Nocedal 1989) with a strong Wolfe search; an iteration is an epoch and may need several gradients.</summary>
internal sealed class LbfgsSolver : Solver
{
    private const int Pairs = 20;

    /// <summary>The solver's line of the table.</summary>
    internal static SolverEntry Entry { get; } = new()
    {
        Name = "lbfgs",
        Meaning = "limited-memory BFGS with a line search",
        Create = (_, objective, network) => new LbfgsSolver(objective, network),
        VectorsPerCheckpoint = (2 * Pairs) + 1,
        Alternative = Solvers.Default,
    };

    private readonly int _memory;
    private readonly double[][] _steps;
    private readonly double[][] _changes;
    private readonly double[] _inverseCurvatures;
    private readonly double[] _alphas;
    private readonly double[] _direction;
    private readonly double[] _origin;
    private readonly double[] _gradientBefore;
    private readonly StrongWolfeSearch _search;
    private int _pairs;
    private int _next;

    /// <summary>Prepares the solver.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="network">The start.</param>
    /// <param name="memory">Pairs of steps and gradient changes that are kept, at least 1.</param>
    public LbfgsSolver(Objective objective, Network network, int memory = Pairs)
        : base(objective, network)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(memory);
        int count = Network.Parameters.Length;
        _memory = memory;
        _steps = new double[memory][];
        _changes = new double[memory][];
        for (int i = 0; i < memory; i++)
        {
            _steps[i] = new double[count];
            _changes[i] = new double[count];
        }
        _inverseCurvatures = new double[memory];
        _alphas = new double[memory];
        _direction = new double[count];
        _origin = new double[count];
        _gradientBefore = new double[count];
        _search = new StrongWolfeSearch(EvaluateAt);
    }

    /// <summary>False: a step that is not finite is taken back.</summary>
    public override bool CanDiverge => false;

    /// <inheritdoc/>
    public override StepOutcome Step()
    {
        double[] gradient = Gradient.Parameters;
        ComputeDirection();
        double slope = Reduction.Dot(_direction, gradient);
        if (!(slope < 0))
        {
            _pairs = 0;
            TensorPrimitives.Negate<double>(gradient, _direction);
            slope = -Reduction.SumOfSquares(gradient);
            if (slope == 0) return StepOutcome.Stalled;
        }
        Network.Parameters.CopyTo(_origin, 0);
        gradient.CopyTo(_gradientBefore, 0);
        double before = Value.Total;
        double first = _pairs > 0 ? 1 : Math.Min(1, 1 / Math.Sqrt(-slope));
        if (_search.Find(before, slope, first) is null || !IsFinite())
        {
            _origin.CopyTo(Network.Parameters, 0);
            Evaluate();
            if (_pairs == 0) return StepOutcome.Stalled;
            _pairs = 0;
            return StepOutcome.Moved;
        }
        Remember();
        return StepOutcome.Moved;
    }

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_pairs);
        writer.Write(_next);
        for (int i = 0; i < _memory; i++)
        {
            WriteVector(writer, _steps[i]);
            WriteVector(writer, _changes[i]);
        }
        WriteVector(writer, _inverseCurvatures);
    }

    /// <inheritdoc/>
    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _pairs = reader.ReadInt32();
        _next = reader.ReadInt32();
        for (int i = 0; i < _memory; i++)
        {
            ReadVector(reader, _steps[i]);
            ReadVector(reader, _changes[i]);
        }
        ReadVector(reader, _inverseCurvatures);
    }

    /// <summary>The two-loop recursion: direction = −H·∇J.</summary>
    private void ComputeDirection()
    {
        TensorPrimitives.Negate<double>(Gradient.Parameters, _direction);
        if (_pairs == 0) return;
        for (int age = 0; age < _pairs; age++)
        {
            int i = Slot(age);
            _alphas[i] = _inverseCurvatures[i] * Reduction.Dot(_steps[i], _direction);
            TensorPrimitives.MultiplyAdd(_changes[i], -_alphas[i], _direction, _direction);
        }
        int newest = Slot(0);
        double scale = 1 / (_inverseCurvatures[newest] * Reduction.SumOfSquares(_changes[newest]));
        TensorPrimitives.Multiply(_direction, scale, _direction);
        for (int age = _pairs - 1; age >= 0; age--)
        {
            int i = Slot(age);
            double beta = _inverseCurvatures[i] * Reduction.Dot(_changes[i], _direction);
            TensorPrimitives.MultiplyAdd(_steps[i], _alphas[i] - beta, _direction, _direction);
        }
    }

    private void Remember()
    {
        double[] step = _steps[_next], change = _changes[_next];
        TensorPrimitives.Subtract<double>(Network.Parameters, _origin, step);
        TensorPrimitives.Subtract<double>(Gradient.Parameters, _gradientBefore, change);
        double curvature = Reduction.Dot(step, change);
        if (!(curvature > 1e-16 * Reduction.SumOfSquares(change)))
        {
            // The slot that was written to may have held the oldest pair.
            _pairs = Math.Min(_pairs, _memory - 1);
            return;
        }
        _inverseCurvatures[_next] = 1 / curvature;
        _next = (_next + 1) % _memory;
        _pairs = Math.Min(_pairs + 1, _memory);
    }

    private int Slot(int age) => (_next - 1 - age + (2 * _memory)) % _memory;

    private (double Value, double Slope) EvaluateAt(double step)
    {
        TensorPrimitives.MultiplyAdd(_direction, step, _origin, Network.Parameters);
        Evaluate();
        return (Value.Total, Reduction.Dot(_direction, Gradient.Parameters));
    }
}
