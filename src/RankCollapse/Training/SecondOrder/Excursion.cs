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

    private const int LeastSteps = 1000;
    private const int MostSteps = 10_000;

    /// <summary>About so many multiplications are spent on an excursion, unless they are too few for the least steps.</summary>
    private const double Multiplications = 1e10;

    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly int _steps = (int)Math.Clamp(Multiplications / (3.0 * Network.CountParameters(specification) * samples), LeastSteps, MostSteps);
    private readonly double[] _first = new double[Network.CountParameters(specification)];
    private readonly double[] _second = new double[Network.CountParameters(specification)];
    private readonly double[] _best = new double[Network.CountParameters(specification)];

    /// <summary>Whether an excursion is due at a width, relative to the preactivations, at which the minimiser's value is known.</summary>
    public static bool IsDue(double width) => width is < 8e-3 and > 2e-6;

    /// <summary>The learning rate there, about 3e−3 to 3e−4.</summary>
    public static double Rate(double width) => 1e-1 * Math.Sqrt(width);

    /// <summary>Makes the least point that is found the current one.</summary>
    /// <param name="iterate">Where the method stands; its activations are exact.</param>
    /// <param name="rate">The learning rate at first; it falls to 0 as a cosine does.</param>
    /// <returns>Whether there was one.</returns>
    public bool Try(NewtonIterate iterate, double rate)
    {
        NewtonPoint trial = iterate.Trial;
        Array.Clear(_first);
        Array.Clear(_second);
        iterate.Current.Network.Parameters.CopyTo(trial.Network.Parameters, 0);
        double start = trial.Evaluate(), best = (1 - LeastGain) * start;
        bool found = false;
        var schedule = new LearningRate(rate, RateSchedule.Cosine, _steps);
        for (int i = 0; i < _steps; i++)
        {
            iterate.EvaluateTrialGradient();
            ElementWise.Adam(
                trial.Network.Parameters,
                trial.Gradient.Parameters,
                _first,
                _second,
                Beta1,
                Beta2,
                schedule.At(i) / (1 - Elementary.Power(Beta1, i + 1)),
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
