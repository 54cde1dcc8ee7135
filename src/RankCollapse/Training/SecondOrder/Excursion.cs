using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// A look around with thousands of short steps of Adam on the exact objective. It leaves stationary points that are no minima but hold every method that
/// follows slopes or curvature there: units whose weights are all 0, from which the objective falls in a cone that neither shows.
/// </summary>
internal sealed class Excursion(NetworkSpecification specification, int samples)
{
    /// <summary>What an excursion has to gain, as a share of the objective.</summary>
    public const double LeastGain = 3e-4;

    /// <summary>
    /// The learning rates of a last look around, and how often each is tried, from another point near by each time: whether steps that jump from basin to
    /// basin come to a lower one is a matter of chance.
    /// </summary>
    private static readonly (double Rate, int Tries)[] Last = [(3e-2, 3), (1e-2, 4), (3e-3, 4), (1e-3, 2), (3e-4, 1), (1e-4, 1)];

    /// <summary>Each of those takes this share of the steps of one on the way to smaller kinks, at least <see cref="LeastOfLast"/>.</summary>
    private const double ShareOfLast = 0.3;

    private const int LeastOfLast = 250;

    /// <summary>About so many multiplications are spent on an excursion.</summary>
    private const double Multiplications = 1e10;

    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly double _steps = Multiplications / (3.0 * Network.CountParameters(specification) * samples);
    private readonly double[] _first = new double[Network.CountParameters(specification)];
    private readonly double[] _second = new double[Network.CountParameters(specification)];
    private readonly double[] _best = new double[Network.CountParameters(specification)];

    /// <summary>Whether an excursion is due at a width, relative to the preactivations, at which the minimiser's value is known.</summary>
    public static bool IsDue(double width) => width is < 8e-3 and > 2e-6;

    /// <summary>The learning rate there, about 3e−3 to 3e−4.</summary>
    public static double Rate(double width) => 1e-1 * Math.Sqrt(width);

    /// <summary>Makes the least point that is found on the way to smaller kinks the current one.</summary>
    /// <param name="iterate">Where the method stands; its activations are exact.</param>
    /// <param name="rate">The learning rate at first; it falls to 0 as a cosine does.</param>
    /// <returns>Whether there was one.</returns>
    public bool Try(NewtonIterate iterate, double rate) => Try(iterate, rate, (int)Math.Clamp(_steps, 1000, 10_000), stream: null);

    /// <summary>Makes the least point that is found where training would end the current one.</summary>
    /// <param name="iterate">Where the method stands; its activations are exact.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryAll(NewtonIterate iterate)
    {
        bool found = false;
        int steps = (int)Math.Clamp(ShareOfLast * _steps, LeastOfLast, 20_000);
        var stream = new RandomStream(0, RandomPurpose.Sampling);
        foreach ((double rate, int tries) in Last)
        {
            for (int i = 0; i < (steps == LeastOfLast ? 1 : tries); i++) found |= Try(iterate, rate, steps, i == 0 ? null : stream);
        }
        return found;
    }

    /// <summary>Goes from the current point, or from one that differs by a step in every parameter where there are random numbers.</summary>
    private bool Try(NewtonIterate iterate, double rate, int steps, RandomStream? stream)
    {
        NewtonPoint trial = iterate.Trial;
        Array.Clear(_first);
        Array.Clear(_second);
        iterate.Current.Network.Parameters.CopyTo(trial.Network.Parameters, 0);
        double start = trial.Evaluate(), best = (1 - LeastGain) * start;
        for (int i = 0; stream is not null && i < trial.Network.Parameters.Length; i++) trial.Network.Parameters[i] += rate * stream.NextGaussian();
        if (stream is not null) trial.Evaluate();
        bool found = false;
        var schedule = new LearningRate(rate, RateSchedule.Cosine, steps);
        for (int i = 0; i < steps; i++)
        {
            iterate.EvaluateTrialGradient();
            ElementWise.Adam(
                trial.Network.Parameters,
                trial.Gradient.Parameters,
                _first,
                _second,
                Beta1,
                Beta2,
                schedule.At(i) * (1 / (1 - Elementary.Power(Beta1, i + 1))),
                1 / (1 - Elementary.Power(Beta2, i + 1)),
                Epsilon);
            double value = trial.Evaluate();
            if (!(value < best)) continue;
            (best, found) = (value, true);
            trial.Network.Parameters.CopyTo(_best, 0);
        }
        if (found) _best.CopyTo(iterate.Current.Network.Parameters, 0);
        return found;
    }
}
