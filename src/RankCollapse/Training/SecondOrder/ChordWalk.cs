using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Chord (simplified Newton) steps while the data make up most of the objective: the outputs walk to those of the Gauss–Newton step with the linearisation
/// and the preconditioner of one point kept (Ortega and Rheinboldt 1970, §7.1), which costs a fifteenth of a new preconditioner.
/// </summary>
internal sealed class ChordWalk(SpareNetworks spare, int samples) : INewtonPhase
{
    private const int MostSteps = 12;

    /// <summary>A walk is worth while as long as it halves the objective.</summary>
    private const double Gain = 0.5;

    /// <summary>Steps shorter than this are not tried.</summary>
    private const double ShortestStep = 0.2;

    /// <summary>The walk ends once the data's share of the objective is so small: what is left to gain lies elsewhere.</summary>
    private const double LeastDataShare = 0.1;

    private readonly Matrix _target = new(spare.Specification.OutputDimension, samples);
    private readonly Matrix _departure = new(spare.Specification.OutputDimension, samples);
    private readonly SecantPairs _pairs = new(spare.Specification.OutputDimension, samples);

    /// <inheritdoc/>
    /// <remarks>The walk is taken if it halves the objective, and is the iteration then; if not it is dropped, and no other one is tried.</remarks>
    public StepOutcome? Take(NewtonIterate iterate)
    {
        if (iterate.Memory.Stage != NewtonStage.Chords) return null;
        NewtonPoint start = iterate.Current;
        if (start.Objective.Coefficients.DataFactor * start.Value.DataLoss > Gain * start.Value.Total)
        {
            using (SpareNetworks.Loan step = spare.Lend())
            {
                iterate.Preconditioner.Solve(start.Gradient, step.Network);
                TensorPrimitives.Subtract(start.Outputs.AsSpan(), iterate.OutputChange(step.Network).AsSpan(), _target.AsSpan());
            }
            double reached = Approach(iterate.Preconditioner, start, iterate.Trial, _target, out int steps);
            if (reached < Gain * start.Value.Total)
            {
                iterate.EvaluateTrialGradient();
                iterate.Accept();
                iterate.Phase = $"{steps} chord steps";
                return StepOutcome.Moved;
            }
        }
        iterate.Memory.Stage = NewtonStage.GaussNewton;
        return null;
    }

    /// <summary>Walks towards outputs: each step may be halved twice, and has to lower the objective by 40 % of its length.</summary>
    /// <param name="preconditioner">The preconditioner at the start.</param>
    /// <param name="start">Where to start; unchanged.</param>
    /// <param name="to">The point that was reached, evaluated if any step was taken.</param>
    /// <param name="target">The outputs that are aimed at, K×N.</param>
    /// <param name="steps">How many steps were taken.</param>
    /// <returns>The objective at the point that was reached.</returns>
    public double Approach(IPreconditioner preconditioner, NewtonPoint start, NewtonPoint to, Matrix target, out int steps)
    {
        using SpareNetworks.Loan change = spare.Lend(), before = spare.Lend();
        double scale = 1, taken = 1;
        _pairs.Clear();
        NewtonPoint seen = start;
        ObjectiveValue value = start.Value;
        start.Network.Parameters.CopyTo(before.Parameters, 0);
        for (steps = 0; steps < MostSteps && start.Objective.Coefficients.DataFactor * value.DataLoss > LeastDataShare * value.Total; steps++)
        {
            TensorPrimitives.Subtract(seen.Outputs.AsSpan(), target.AsSpan(), _departure.AsSpan());
            preconditioner.Restore(_pairs.Direction(_departure, taken), change.Network);
            do
            {
                TensorPrimitives.MultiplyAdd(change.Parameters, -scale, before.Parameters, to.Network.Parameters);
                if (to.Evaluate() < (1 - (0.4 * scale)) * value.Total) break;
                scale *= 0.5;
            }
            while (scale >= ShortestStep);
            if (scale < ShortestStep)
            {
                before.Parameters.CopyTo(to.Network.Parameters, 0);
                if (steps > 0) to.Evaluate();
                break;
            }
            value = to.Value;
            seen = to;
            to.Network.Parameters.CopyTo(before.Parameters, 0);
            taken = scale;
            scale = Math.Min(1, 2 * scale);
        }
        return value.Total;
    }
}
