using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training;

/// <summary>How a first-order solver's learning rate changes.</summary>
public enum RateSchedule
{
    /// <summary>The same in every epoch.</summary>
    Constant,

    /// <summary>η_t = η·½(1 + cos(πt/T)), from η at the first of T epochs to 0 after the last.</summary>
    Cosine,
}

/// <summary>Learning rate and schedule of a first-order solver.</summary>
/// <param name="Rate">η &gt; 0.</param>
/// <param name="Schedule">How it changes.</param>
/// <param name="Epochs">T, for the cosine.</param>
public sealed record LearningRate(double Rate, RateSchedule Schedule, long Epochs)
{
    /// <summary>η &gt; 0.</summary>
    /// <exception cref="InvalidInputException">The rate is not a positive number.</exception>
    public double Rate { get; init; } = Rate > 0 && double.IsFinite(Rate)
        ? Rate
        : throw new InvalidInputException($"learning-rate is {Rate}; it must be a finite number above 0.");

    /// <summary>η_t for epoch t = 0, 1, ….</summary>
    public double At(long epoch) => Schedule == RateSchedule.Constant
        ? Rate
        : Rate * 0.5 * (1 + Elementary.SinCosPi((double)Math.Min(epoch, Epochs) / Math.Max(1, Epochs)).Cos);
}
