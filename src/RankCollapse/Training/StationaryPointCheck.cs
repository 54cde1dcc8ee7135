using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>Recognises training that cannot end at a stationary point, because the objective falls as the weights grow without bound.</summary>
internal sealed class StationaryPointCheck
{
    /// <summary>Parameters so many times larger than at the start have no stationary point in reach.</summary>
    private const double LargestGrowth = 1e6;

    /// <summary>
    /// The same where it is known that there is no minimum and activations have kinks: no smooth valley leads the solver outwards there, and the gradient
    /// of a point between kinks need not get small.
    /// </summary>
    private const double LargestKnownGrowth = 30;

    private readonly Objective _objective;
    private readonly Advice? _unattainable;
    private readonly bool _outputsMayGrow;
    private readonly double _largestNorm;

    /// <summary>Prepares the check.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="start">The network before training.</param>
    /// <param name="isMonotone">
    /// Whether the solver never lets the objective rise; others may also grow because their steps are too long, which is divergence.
    /// </param>
    /// <param name="unattainable">What to say where it is known that there is no minimum; null where there may be one.</param>
    public StationaryPointCheck(Objective objective, Network start, bool isMonotone, Advice? unattainable = null)
    {
        _objective = objective;
        _unattainable = objective.Specification.Activations.SkipLast(1).Any(activation => activation.HasKink) ? unattainable : null;
        ObjectiveCoefficients factors = objective.Coefficients;
        int depth = objective.Specification.Depth;
        bool isPenalised = factors.WeightFactorOf(depth) != 0 || factors.BiasFactor != 0 || factors.FeatureFactor != 0;
        _outputsMayGrow = objective.Settings.Loss == Loss.CrossEntropy && !isPenalised
            && objective.Specification.IsLinear(depth);
        double growth = _unattainable is null ? LargestGrowth : LargestKnownGrowth;
        _largestNorm = isMonotone ? growth * (1 + Reduction.Norm(start.Parameters)) : double.PositiveInfinity;
    }

    /// <summary>Why there is no stationary point to reach, and what to do; null while there may be one.</summary>
    /// <param name="network">The network at the objective's last evaluation.</param>
    /// <remarks>
    /// Where cross-entropy is not penalised in the last layer and every sample is classified with a positive margin, outputs t·f(X) have a smaller loss
    /// for every t &gt; 1, so that no point on the ray of the last layer's weights is stationary and the infimum 0 is not attained.
    /// </remarks>
    public Advice? Missing(Network network)
    {
        if (_outputsMayGrow && IsSeparated(_objective.Outputs, _objective.Data.Targets))
        {
            return new Advice(
                "There is no stationary point: the network classifies every sample, and without a penalty on the last layer the cross-entropy falls for ever "
                + "as its weights grow; the last state is saved. Set lambda above 0.",
                "lambda");
        }
        double norm = Reduction.Norm(network.Parameters);
        if (norm <= _largestNorm) return null;
        if (_unattainable is { } known) return new Advice($"{known.Text} The last state is saved.", known.Settings);
        return new Advice(
            $"No stationary point is in reach: the parameters' norm has grown to {norm:0.0e-0} and the objective still falls; the last state is saved. "
            + "Set lambda and delta above 0.",
            "lambda",
            "delta");
    }

    /// <summary>Whether every sample's targets lie on one class whose output is strictly the largest.</summary>
    private static bool IsSeparated(Matrix outputs, Matrix targets)
    {
        for (int i = 0; i < targets.Columns; i++)
        {
            int target = -1;
            for (int k = 0; k < targets.Rows; k++)
            {
                if (targets[k, i] == 0) continue;
                if (target >= 0 || targets[k, i] < 0) return false;
                target = k;
            }
            for (int k = 0; target >= 0 && k < targets.Rows; k++)
            {
                if (k != target && !(outputs[target, i] > outputs[k, i])) return false;
            }
        }
        return true;
    }
}
