using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training;

/// <summary>How a first-order solver's learning rate changes.</summary>
public enum RateSchedule
{
    /// <summary>The same in every epoch.</summary>
    Constant,

    /// <summary>η_t = η·½(1 + cos(πt/T)), from η at the first of T epochs to 0 after the last.</summary>
    Cosine,

    /// <summary>η_t = η·γ^k after k of the milestones.</summary>
    Step,
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

    /// <summary>Epochs over which the rate rises linearly from 0 as a factor of the schedule's; 0 for none.</summary>
    public long WarmupEpochs { get; init; }

    /// <summary>The epochs at which the schedule <see cref="RateSchedule.Step"/> multiplies the rate by γ.</summary>
    public IReadOnlyList<int> Milestones { get; init; } = [];

    /// <summary>γ.</summary>
    public double Gamma { get; init; } = 0.1;

    /// <summary>η_t for step i = 0, 1, …, at the time t = i / n in epochs of n steps; with W epochs of warm-up, times min(1, (i + 1)/(nW)).</summary>
    public double At(long step, long stepsPerEpoch = 1)
    {
        double rate = Schedule switch
        {
            RateSchedule.Constant => Rate,
            RateSchedule.Step => Rate * Elementary.Power(Gamma, Passed(step / stepsPerEpoch)),
            _ => Rate * 0.5 * (1 + Elementary.SinCosPi(Math.Min((double)step / stepsPerEpoch, Epochs) / Math.Max(1, Epochs)).Cos),
        };
        double warmup = (double)WarmupEpochs * stepsPerEpoch;
        return step < warmup ? rate * (step + 1) / warmup : rate;
    }

    /// <summary>How many milestones an epoch has reached.</summary>
    private int Passed(long epoch)
    {
        int passed = 0;
        for (int i = 0; i < Milestones.Count; i++)
        {
            if (Milestones[i] <= epoch) passed++;
        }
        return passed;
    }
}
