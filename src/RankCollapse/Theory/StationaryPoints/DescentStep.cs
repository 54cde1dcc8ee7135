using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.StationaryPoints;

/// <summary>A network to which a direction of negative curvature leads.</summary>
/// <param name="Network">Θ + t·v.</param>
/// <param name="Length">t, for a unit v.</param>
/// <param name="Objective">J there, lower than at Θ.</param>
public sealed record DescentStep(Network Network, double Length, double Objective)
{
    /// <summary>The lowest of the points Θ ± t·v, t = ‖Θ‖, ‖Θ‖/2, ‖Θ‖/4, …; null where none is lower by more than rounding.</summary>
    internal static DescentStep? Along(Objective objective, Network network, double[] direction, double start)
    {
        const double Rounding = 1e-13;
        const int Halvings = 40, Patience = 4;
        var trial = new Network(network.Specification);
        double bound = start - (Rounding * Math.Abs(start)), best = bound, length = 0;
        double t = Math.Max(1, Reduction.Norm(network.Parameters));
        for (int i = 0, worse = 0; i < Halvings && worse < Patience; i++, t *= 0.5)
        {
            double before = best;
            foreach (double sign in (double[])[1, -1])
            {
                TensorPrimitives.MultiplyAdd(direction, sign * t, network.Parameters, trial.Parameters);
                double value = objective.Value(trial).Total;
                if (!(value < best)) continue;
                (best, length) = (value, sign * t);
            }
            if (length != 0 && best == before) worse++;
        }
        if (length == 0) return null;
        TensorPrimitives.MultiplyAdd(direction, length, network.Parameters, trial.Parameters);
        return new DescentStep(trial, Math.Abs(length), best);
    }
}
