using System.Numerics.Tensors;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Finds out what a step gains: along a straight line and, where that disappoints, along the orbit of rotations that it is tangent to, each with the
/// outputs brought to their linear prediction (<see cref="OutputCorrection"/>).
/// </summary>
internal sealed class StepAcceptance(SpareNetworks spare, int samples)
{
    /// <summary>A straight step that gains this share of what it promised is taken without looking for a better curve.</summary>
    private const double StraightEnough = 0.9;

    /// <summary>
    /// A rotation at the boundary that gains this share is taken; where tanh bends much, rotations are no symmetry, and a straight step is better.
    /// </summary>
    private const double RotationEnough = 0.25;

    /// <summary>Below this share of the objective a step's decrease is found from gradients, because values no longer resolve it.</summary>
    private const double GradientShare = 2e-12;

    private readonly OutputCorrection _correction = new(spare, samples);
    private readonly RotatedStep _rotated = new(spare);

    /// <summary>Tries a step; the trial point is left at the better end.</summary>
    /// <param name="iterate">Where the method stands.</param>
    /// <param name="step">p.</param>
    /// <param name="predicted">The decrease that it promises, above 0.</param>
    /// <param name="isBounded">Whether the trust region holds it back: near interpolation nearly all of it rotates features then.</param>
    /// <returns>The actual decrease over the predicted one; −∞ where the objective rises.</returns>
    public double Try(NewtonIterate iterate, Network step, double predicted, bool isBounded)
    {
        NewtonPoint current = iterate.Current, trial = iterate.Trial;
        TensorPrimitives.Add(iterate.OutputChange(step).AsSpan(), current.Outputs.AsSpan(), _correction.Target.AsSpan());

        // Rotated features have other kinks.
        bool mayRotate = iterate.Memory.Stage == NewtonStage.Newton && iterate.Preconditioner.ResolvesOutputs && double.IsNaN(iterate.Memory.KinkWidth);
        bool rotatesFirst = mayRotate && isBounded;
        double ratio = Follow(iterate, step, predicted, rotatesFirst);
        if (!mayRotate || !(ratio < (rotatesFirst ? RotationEnough : StraightEnough))) return ratio;
        using SpareNetworks.Loan first = spare.Lend();
        trial.Network.Parameters.CopyTo(first.Parameters, 0);
        double other = Follow(iterate, step, predicted, !rotatesFirst);
        if (other > ratio) return other;
        if (TrustRegion.Accepts(ratio))
        {
            first.Parameters.CopyTo(trial.Network.Parameters, 0);
            trial.Evaluate();
            if (IsSmall(iterate, predicted)) trial.EvaluateGradient();
        }
        return ratio;
    }

    /// <summary>Makes the trial point of the last try the current one.</summary>
    public static void Accept(NewtonIterate iterate, double predicted)
    {
        if (!IsSmall(iterate, predicted)) iterate.EvaluateTrialGradient();
        iterate.Accept();
    }

    /// <summary>Whether a decrease is too small to be found from values; the gradient at the trial point is known then.</summary>
    private static bool IsSmall(NewtonIterate iterate, double predicted) => predicted < GradientShare * Math.Abs(iterate.Current.Value.Total);

    /// <summary>Tries the step along one curve.</summary>
    private double Follow(NewtonIterate iterate, Network step, double predicted, bool rotates)
    {
        if (rotates) _rotated.Write(iterate.Current.Network, step, iterate.Trial.Network);
        else TensorPrimitives.Add(iterate.Current.Network.Parameters, step.Parameters, iterate.Trial.Network.Parameters);
        return Correct(iterate, predicted);
    }

    /// <summary>Evaluates and corrects the trial point.</summary>
    private double Correct(NewtonIterate iterate, double predicted)
    {
        NewtonPoint current = iterate.Current, trial = iterate.Trial;
        trial.Evaluate();
        double value = _correction.Correct(iterate.Preconditioner, current, trial, predicted, isFar: iterate.IsFar);
        bool rises = !(value <= current.Value.Total * (1 + NewtonIterate.Rounding));
        double decrease = rises ? double.NegativeInfinity : IsSmall(iterate, predicted) ? DecreaseByGradients(iterate) : current.Value.Total - value;
        return decrease / predicted;
    }

    /// <summary>
    /// The decrease from the current point to the trial point by the trapezoidal rule, −½(∇J₀ + ∇J₁)·(Θ₁ − Θ₀): exact to third order in the step, and
    /// free of the cancellation that hides small differences of values.
    /// </summary>
    private static double DecreaseByGradients(NewtonIterate iterate)
    {
        iterate.EvaluateTrialGradient();
        double decrease = 0;
        double[] from = iterate.Current.Network.Parameters, to = iterate.Trial.Network.Parameters;
        double[] before = iterate.Current.Gradient.Parameters, after = iterate.Trial.Gradient.Parameters;
        for (int i = 0; i < from.Length; i++) decrease -= 0.5 * (before[i] + after[i]) * (to[i] - from[i]);
        return decrease;
    }
}
