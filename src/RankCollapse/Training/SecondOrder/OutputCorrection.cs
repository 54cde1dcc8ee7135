using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Brings the outputs at a trial point to a target by the least changes of the weights, with the linearisation of the current point kept:
/// second-order corrections of a step (Conn, Gould and Toint 2000, §15.3.2).
/// </summary>
internal sealed class OutputCorrection(SpareNetworks spare, int samples)
{
    private const int MostCorrections = 6;

    /// <summary>Corrections go on as long as each leaves at most this share of the departure.</summary>
    private const double LargestRatio = 0.5;

    /// <summary>So many corrections in a row may leave more than that: the pairs that they add to what is known are worth it.</summary>
    private const int MostSlowCorrections = 1;

    /// <summary>Corrections that leave so many times the departure do not converge.</summary>
    private const double LargestRise = 2;

    /// <summary>Corrections go on as long as the departure may change the objective by this share of what the step promises.</summary>
    private const double LeastShare = 1e-3;

    /// <summary>The same far from interpolation, where the next step takes the rest back.</summary>
    private const double LeastShareWhenFar = 1e-2;

    /// <summary>Far from interpolation a step that comes to its target slowly still saves a preconditioner or two, each worth fifteen corrections.</summary>
    private const int MostCorrectionsWhenFar = 20;
    private const double LargestRatioWhenFar = 0.8;

    private readonly bool _hasKinks = IPreconditioner.HasKinks(spare.Specification);
    private readonly Matrix _departure = new(spare.Specification.OutputDimension, samples);
    private readonly SecantPairs _pairs = new(spare.Specification.OutputDimension, samples);

    /// <summary>The outputs that are aimed at, K×N; written by the caller.</summary>
    public Matrix Target { get; } = new(spare.Specification.OutputDimension, samples);

    /// <summary>Takes back what the outputs at a trial point depart from the target, and keeps the corrections if they lower the objective.</summary>
    /// <param name="preconditioner">The preconditioner at the current point.</param>
    /// <param name="current">The current point.</param>
    /// <param name="trial">The trial point, evaluated; it is corrected, and evaluated there.</param>
    /// <param name="predicted">The decrease that the step promises.</param>
    /// <param name="isFar">Whether the network is far from interpolating its data.</param>
    /// <returns>The objective at the trial point.</returns>
    public double Correct(IPreconditioner preconditioner, NewtonPoint current, NewtonPoint trial, double predicted, bool isFar)
    {
        using SpareNetworks.Loan change = spare.Lend(), before = spare.Lend();
        Objective objective = trial.Objective;
        double[] parameters = trial.Network.Parameters;
        parameters.CopyTo(before.Parameters, 0);
        _pairs.Clear();
        int slow = 0;
        double data = objective.Coefficients.DataFactor, residual = Math.Sqrt(2 * Math.Max(0, current.Value.DataLoss));
        double value = trial.Value.Total, corrected = value, last = double.PositiveInfinity, ratio = isFar ? LargestRatioWhenFar : LargestRatio;
        for (int i = 0; i < (isFar ? MostCorrectionsWhenFar : MostCorrections); i++)
        {
            TensorPrimitives.Subtract(trial.Outputs.AsSpan(), Target.AsSpan(), _departure.AsSpan());
            double departure = Math.Sqrt(SampleWeights.SumOfSquares(objective.SampleWeights, _departure));

            // After the first correction the penalties hardly change any more: a step that they make lose more than it promised is lost.
            if (!isFar && !_hasKinks && i > 0 && trial.Value.Total - (data * trial.Value.DataLoss) > current.Value.Total + predicted) break;

            // What is left changes the objective by at most a‖r‖·departure + a·departure²/2: stop when that no longer matters, or when corrections
            // do not converge.
            double matters = data * departure * (residual + (0.5 * departure));
            if (matters < (isFar ? LeastShareWhenFar : LeastShare) * predicted) break;
            slow = departure < ratio * last ? 0 : slow + 1;
            if (slow > MostSlowCorrections || !(departure < LargestRise * last)) break;
            last = departure;
            preconditioner.Restore(_pairs.Direction(_departure, scale: 1), change.Network);
            TensorPrimitives.Subtract(parameters, change.Parameters, parameters);
            corrected = trial.Evaluate();
        }
        if (corrected <= value || double.IsInfinity(last)) return corrected;
        before.Parameters.CopyTo(parameters, 0);
        return trial.Evaluate();
    }
}
