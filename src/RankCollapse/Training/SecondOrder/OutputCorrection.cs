using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Brings the outputs at a trial point to a target by the least changes of the weights, with the linearisation of the current point kept:
/// second-order corrections of a step (Conn, Gould and Toint 2000, §15.3.2), and chord steps from afar (Ortega and Rheinboldt 1970, §7.1).
/// </summary>
internal sealed class OutputCorrection(NetworkSpecification specification, int samples)
{
    private const int MostCorrections = 6;
    private const int MostChordSteps = 12;

    /// <summary>Corrections go on as long as each leaves at most this share of the departure.</summary>
    private const double LargestRatio = 0.5;

    /// <summary>Far from the valley a step that only crawls to its target still saves a metric or two, each worth fifteen corrections.</summary>
    private const int MostCorrectionsFromAfar = 20;
    private const double LargestRatioFromAfar = 0.8;

    /// <summary>Chord steps shorter than this are not tried.</summary>
    private const double ShortestChord = 0.2;

    /// <summary>Chord steps end once the data's share of the objective is so small: what is left to gain lies elsewhere.</summary>
    private const double LeastDataShare = 0.1;

    private readonly Matrix _departure = new(specification.OutputDimension, samples);
    private readonly Network _change = new(specification);
    private readonly Network _before = new(specification);

    /// <summary>The outputs that are aimed at, K×N; written by the caller.</summary>
    public Matrix Target { get; } = new(specification.OutputDimension, samples);

    /// <summary>Takes back what the outputs at a trial point depart from the target, and keeps the corrections if they lower the objective.</summary>
    /// <param name="metric">The metric at the current point.</param>
    /// <param name="objective">The objective after its value at <paramref name="trial"/>; afterwards the same at the corrected point.</param>
    /// <param name="trial">The trial point; corrected.</param>
    /// <param name="value">The objective's value at the trial point.</param>
    /// <param name="residual">‖f(X) − Y‖ at the current point, as the data weigh it.</param>
    /// <param name="predicted">The decrease that the step promises.</param>
    /// <param name="isFar">Whether the valley is still far.</param>
    public ObjectiveValue Correct(IPreconditioner metric, Objective objective, Network trial, ObjectiveValue value, double residual, double predicted, bool isFar)
    {
        trial.Parameters.CopyTo(_before.Parameters, 0);
        ObjectiveValue corrected = value;
        double last = double.PositiveInfinity, ratio = isFar ? LargestRatioFromAfar : LargestRatio;
        for (int i = 0; i < (isFar ? MostCorrectionsFromAfar : MostCorrections); i++)
        {
            TensorPrimitives.Subtract(objective.Features[^1].AsSpan(), Target.AsSpan(), _departure.AsSpan());
            double departure = Math.Sqrt(SampleWeights.SumOfSquares(objective.SampleWeights, _departure));

            // What is left changes the objective by at most a‖r‖·departure + a·departure²/2: stop when that no longer matters, or when corrections do not converge.
            double matters = objective.Coefficients.DataFactor * departure * (residual + (0.5 * departure));
            if (matters < 1e-3 * predicted || !(departure < ratio * last)) break;
            last = departure;
            metric.Restore(_departure, _change);
            TensorPrimitives.Subtract(trial.Parameters, _change.Parameters, trial.Parameters);
            corrected = objective.ValueWithSlopes(trial);
        }
        if (corrected.Total <= value.Total) return corrected;
        if (double.IsInfinity(last)) return value;
        _before.Parameters.CopyTo(trial.Parameters, 0);
        return objective.ValueWithSlopes(trial);
    }

    /// <summary>Walks towards the target by chord steps: each may be halved twice, and has to lower the objective by 40 % of its length.</summary>
    /// <param name="metric">The metric at the start.</param>
    /// <param name="start">The objective after its value at <paramref name="from"/>.</param>
    /// <param name="from">Where to start; unchanged.</param>
    /// <param name="value">The objective's value there.</param>
    /// <param name="objective">Another objective of the same problem; afterwards it has seen <paramref name="to"/>, if any step was taken.</param>
    /// <param name="to">The point that was reached.</param>
    /// <param name="steps">How many steps were taken.</param>
    /// <returns>The value at the point that was reached.</returns>
    public ObjectiveValue Approach(IPreconditioner metric, Objective start, Network from, ObjectiveValue value, Objective objective, Network to, out int steps)
    {
        double scale = 1;
        Objective seen = start;
        from.Parameters.CopyTo(_before.Parameters, 0);
        for (steps = 0; steps < MostChordSteps && IsData(value, start); steps++)
        {
            TensorPrimitives.Subtract(seen.Features[^1].AsSpan(), Target.AsSpan(), _departure.AsSpan());
            metric.Restore(_departure, _change);
            ObjectiveValue next;
            do
            {
                TensorPrimitives.MultiplyAdd(_change.Parameters, -scale, _before.Parameters, to.Parameters);
                next = objective.ValueWithSlopes(to);
                if (next.Total < (1 - (0.4 * scale)) * value.Total) break;
                scale *= 0.5;
            }
            while (scale >= ShortestChord);
            if (scale < ShortestChord)
            {
                _before.Parameters.CopyTo(to.Parameters, 0);
                if (steps > 0) objective.ValueWithSlopes(to);
                break;
            }
            value = next;
            seen = objective;
            to.Parameters.CopyTo(_before.Parameters, 0);
            scale = Math.Min(1, 2 * scale);
        }
        return value;

        static bool IsData(ObjectiveValue value, Objective objective) => objective.Coefficients.DataFactor * value.DataLoss > LeastDataShare * value.Total;
    }
}
