using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Kinks of activations, rounded ever less: the Newton method minimises the objective with rounded activations (<see cref="RoundedActivation"/>) for one
/// width ε after the other. When ε falls the preactivations at kinks fall in proportion, so that their slopes stay as they are.
/// </summary>
/// <remarks>
/// Limits of stationary points of smoothed objectives are Clarke stationary (Chen 2012), and limits of minimisers never lie on a kink from which the
/// objective falls to both sides, because the rounded one curves down there with 1/ε. From some ε on the kinks of the minimiser are known: its set of
/// preactivations of size ε stays, and a width takes a step or two.
/// </remarks>
internal sealed class KinkRounding : INewtonPhase
{
    /// <summary>The first ε, as a share of the preactivations' root mean square.</summary>
    private const double FirstWidth = 0.1;

    /// <summary>ε ends here, as a share of the same in the layer where it is least: slopes x/ε are known to 1e−16/1e−11 then.</summary>
    private const double LeastWidth = 1e-11;

    /// <summary>Layers whose preactivations are below this share of those of all tend to 0 and set no ε.</summary>
    private const double LeastScale = 1e-3;

    private const double Factor = 0.1;

    /// <summary>The first rounding may raise the objective by this share, so that training that starts near a minimum stays there.</summary>
    private const double LargestRise = 0.05;

    /// <summary>
    /// ε falls once the relative gradient is below this times √(ε/scale): the set on which the kinks' preactivations are 0 is curved, a step of length d
    /// leaves it by d², and a minimiser of the next ε is near only if that is less than ε.
    /// </summary>
    private const double Tolerance = 1e-3;

    /// <summary>An iteration that lowers the objective by this share is worth while, whatever the number.</summary>
    private const double LeastGain = 1e-4;

    /// <summary>The most other iterations for one ε.</summary>
    private const int MostSteps = 60;

    /// <summary>So many iterations in a row that gained nothing are enough for an ε.</summary>
    private const int MostIdleSteps = 30;

    /// <summary>The most excursions that are followed on the way to smaller ε.</summary>
    private const int MostExcursions = 8;

    /// <summary>The same with those where training would end.</summary>
    private const int MostExcursionsInAll = 32;

    /// <summary>Where an ε below this share of the preactivations ends unsolved, its kinks are not those of a minimiser: larger ones have to find it.</summary>
    private const double LostWidth = 1e-5;

    /// <summary>The most times that the method begins again for that reason.</summary>
    private const int MostRestarts = 3;

    /// <summary>Preactivations up to so many times ε are taken for kinks when ε falls.</summary>
    private const double Reach = 3;

    private readonly RoundedActivation[] _activations;
    private readonly KinkPreconditioner? _preconditioner;
    private readonly Network _change;
    private readonly Excursion _excursion;

    /// <summary>Takes the activations of a shape that <see cref="Round"/> made.</summary>
    public KinkRounding(NetworkSpecification specification, int samples, KinkPreconditioner? preconditioner)
    {
        _activations = [.. specification.Activations.OfType<RoundedActivation>().Distinct()];
        _preconditioner = preconditioner;
        _change = new Network(specification);
        _excursion = new Excursion(specification, samples);
    }

    /// <summary>ε.</summary>
    public double Width => _activations[0].Width;

    /// <summary>A shape with rounded activations in place of those that have kinks; the shape itself where none has.</summary>
    public static NetworkSpecification Round(NetworkSpecification shape)
    {
        if (!shape.HasKinks) return shape;
        Dictionary<string, Activation> rounded = shape.Activations.DistinctBy(exact => exact.Name)
            .ToDictionary(exact => exact.Name, exact => exact.HasKink ? new RoundedActivation(exact) : exact);
        return shape.With(activations: [.. shape.Activations.Select(exact => rounded[exact.Name])]);
    }

    /// <summary>Sets ε where training begins or goes on.</summary>
    public void Start(NewtonIterate iterate)
    {
        NewtonMemory memory = iterate.Memory;
        if (double.IsNaN(memory.KinkWidth)) memory.KinkWidth = ChooseWidth(iterate.Current, LargestRise);
        SetWidth(memory.KinkWidth);
        if (_preconditioner is not null) _preconditioner.HasKinks = memory.IsAtKinks;
    }

    /// <inheritdoc/>
    public StepOutcome? Take(NewtonIterate iterate)
    {
        NewtonMemory memory = iterate.Memory;
        double scale = Scale(iterate.Current, out double least);
        bool isSolved = memory.Stage == NewtonStage.Newton
            && iterate.Current.Objective.GradientSize.Relative <= Tolerance * Math.Sqrt(Math.Min(1, Width / scale));
        double value = iterate.Current.Value.Total;
        if (!(value < (1 - LeastGain) * memory.LastValue)) memory.StepsAtWidth++;
        memory.LastValue = value;
        if (!isSolved && memory.StepsAtWidth < MostSteps && memory.IdleSteps < MostIdleSteps) return null;
        double next = Factor * Width;
        bool looksAround = memory.Excursions < MostExcursions && Excursion.IsDue(Width / scale);
        double rate = Excursion.Rate(Width / scale);
        if (looksAround && LeavesForLess(iterate, at => _excursion.Try(at, rate))) return StepOutcome.Moved;
        if (!isSolved && Width < LostWidth * scale && memory.Restarts < MostRestarts)
        {
            memory.Restarts++;
            BeginAgain(iterate);
            return null;
        }
        if (next > LeastWidth * Math.Max(least, LeastScale * scale)) Shrink(iterate, next);
        else if (memory.StepsAtWidth > MostSteps || memory.IdleSteps >= MostIdleSteps) return StepOutcome.Stalled;
        else memory.StepsAtWidth++;
        return null;
    }

    /// <summary>Looks around once more where training would end, and begins again at what is found.</summary>
    /// <returns>Whether a lower point was found.</returns>
    public bool LeavesTheEnd(NewtonIterate iterate) =>
        iterate.Memory.Excursions < MostExcursionsInAll && LeavesForLess(iterate, _excursion.TryAll);

    /// <summary>Looks around with first-order steps, and begins again at what they find.</summary>
    /// <returns>Whether they found less.</returns>
    private bool LeavesForLess(NewtonIterate iterate, Func<NewtonIterate, bool> tries)
    {
        NewtonMemory memory = iterate.Memory;
        SetWidth(0);
        if (!tries(iterate))
        {
            SetWidth(memory.KinkWidth);
            return false;
        }
        (memory.Excursions, memory.Restarts) = (memory.Excursions + 1, 0);
        BeginAgain(iterate);
        iterate.Phase = "Adam steps to a lower point";
        return true;
    }

    /// <summary>Begins again where the method stands.</summary>
    private void BeginAgain(NewtonIterate iterate)
    {
        (iterate.Memory.KinkWidth, iterate.Memory.IsAtKinks) = (ChooseWidth(iterate.Current, Excursion.LeastGain), false);
        Begin(iterate);
    }

    /// <summary>The largest of the widths that raises the objective by no more than a share.</summary>
    private double ChooseWidth(NewtonPoint point, double rise)
    {
        SetWidth(0);
        double exact = point.Evaluate();
        SetWidth(FirstWidth * Scale(point, out _));
        while (point.Evaluate() > (1 + rise) * exact) SetWidth(Factor * Width);
        return Width;
    }

    private void Shrink(NewtonIterate iterate, double width)
    {
        if (_preconditioner is { Kinks.Length: > 0 }) MoveKinks(iterate, width / Width);
        (iterate.Memory.KinkWidth, iterate.Memory.IsAtKinks) = (width, true);
        Begin(iterate);
    }

    /// <summary>Begins with another ε.</summary>
    private void Begin(NewtonIterate iterate)
    {
        NewtonMemory memory = iterate.Memory;
        (memory.StepsAtWidth, memory.IdleSteps, memory.LastValue) = (0, 0, double.PositiveInfinity);
        (memory.LeastGradient, memory.Stage) = (double.PositiveInfinity, NewtonStage.Newton);
        Start(iterate);
        iterate.Start();
        iterate.Continue();
        memory.Region.Reset(double.NaN);
        TrustRegionStep.Start(iterate);
    }

    /// <summary>Multiplies the preactivations at kinks by a ratio, with the least change of the parameters that does so to first order.</summary>
    private void MoveKinks(NewtonIterate iterate, double ratio)
    {
        NewtonPoint point = iterate.Current;
        Matrix?[] preactivations = new Matrix?[point.Network.Specification.Depth + 1];
        PreactivationRow[] kinks = _preconditioner!.Kinks;
        var changes = new double[kinks.Length];
        for (int a = 0; a < kinks.Length; a++)
        {
            int layer = kinks[a].Layer;
            double value = (preactivations[layer] ??= PreactivationRows.Preactivations(point.Objective, point.Network, layer))[kinks[a].Unit, kinks[a].Sample];
            if (Math.Abs(value) < Reach * Width) changes[a] = (ratio - 1) * value;
        }
        _preconditioner.Move(changes, _change);
        TensorPrimitives.Add(point.Network.Parameters, _change.Parameters, point.Network.Parameters);
    }

    private void SetWidth(double width)
    {
        foreach (RoundedActivation activation in _activations) activation.Width = width;
    }

    /// <summary>The root mean square of the preactivations of those layers that have kinks.</summary>
    /// <param name="point">Where.</param>
    /// <param name="least">That of the layer where it is least.</param>
    private static double Scale(NewtonPoint point, out double least)
    {
        NetworkSpecification shape = point.Network.Specification;
        double squares = 0, leastMean = double.PositiveInfinity;
        long count = 0;
        for (int l = 1; l <= shape.Depth; l++)
        {
            if (shape.ActivationOf(l) is not RoundedActivation) continue;
            Matrix preactivations = PreactivationRows.Preactivations(point.Objective, point.Network, l);
            double ofLayer = Reduction.SumOfSquares(preactivations.AsSpan());
            leastMean = Math.Min(leastMean, ofLayer / preactivations.Length);
            squares += ofLayer;
            count += preactivations.Length;
        }
        least = count == 0 ? 0 : Math.Sqrt(leastMean);
        return count == 0 ? 0 : Math.Sqrt(squares / count);
    }
}
