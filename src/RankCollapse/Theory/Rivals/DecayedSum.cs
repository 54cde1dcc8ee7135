using RankCollapse.Training;

namespace RankCollapse.Theory.Rivals;

/// <summary>
/// What the last n steps of gradient descent with momentum make of the weights, as scalars: W_T = α_n·W_{T−n} + β_n·v_{T−n} − Σ_{k=1}^{n} c_k·g_k, where g_k is
/// the gradient, without the penalty λ, of the k-th batch from the end, at the weights before its step, and v the velocity.
/// </summary>
/// <remarks>
/// One step is v ← m·v + (g + λW), W ← W − η(a·(g + λW) + b·v), with (a, b) = (0, 1) for heavy-ball momentum and (1, m) for Nesterov's, so that with
/// s = a + b it is W ← (1 − ηsλ)·W − ηbm·v − ηs·g. Going back from (α_0, β_0) = (1, 0): c_k = α·ηs − β, α ← α(1 − ηsλ) + βλ, β ← (β − αηb)·m, with η of
/// that step. Without momentum α_n = Π(1 − ηλ) and β_n = 0, as in Galanti, Siegel, Gupte and Poggio (2023).
/// </remarks>
/// <param name="settings">Learning rate, schedule, momentum.</param>
/// <param name="steps">T, the steps that were made.</param>
/// <param name="stepsPerEpoch">Steps in an epoch.</param>
/// <param name="lambda">λ_l.</param>
internal sealed class DecayedSum(SolverSettings settings, long steps, long stepsPerEpoch, double lambda)
{
    private readonly LearningRate _rate = settings.ToLearningRate();
    private readonly double _own = settings.Nesterov ? 1 : 0;
    private readonly double _ofVelocity = settings.Nesterov ? settings.Momentum : 1;

    /// <summary>n.</summary>
    public int Count { get; private set; }

    /// <summary>The number, from 0, of the step that <see cref="Next"/> goes back over.</summary>
    public long Step => steps - 1 - Count;

    /// <summary>α_n.</summary>
    public double OfWeights { get; private set; } = 1;

    /// <summary>β_n.</summary>
    public double OfVelocity { get; private set; }

    /// <summary>Goes back over one more step.</summary>
    /// <returns>c_n.</returns>
    public double Next()
    {
        double rate = _rate.At(Step, stepsPerEpoch), sum = rate * (_own + _ofVelocity);
        double coefficient = (OfWeights * sum) - OfVelocity;
        (OfWeights, OfVelocity) = (
            (OfWeights * (1 - (sum * lambda))) + (OfVelocity * lambda),
            (OfVelocity - (OfWeights * rate * _ofVelocity)) * settings.Momentum);
        Count++;
        return coefficient;
    }
}
