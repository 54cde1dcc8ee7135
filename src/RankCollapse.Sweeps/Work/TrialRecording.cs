using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Sweeps.Work;

/// <summary>
/// What a plan may ask to be kept of its trials beside their metrics: features, or what follows from them, while they train. It is one more file of a result.
/// </summary>
/// <param name="Name">Its name, which is that of the file too; another one for what is kept in another way.</param>
/// <param name="Begin">Gives who hears of a trial of these settings; null where nothing is to be kept of it.</param>
/// <remarks>A trial that is recorded and interrupted begins again at its start, because checkpoints know nothing of it.</remarks>
public sealed record TrialRecording(string Name, Func<RunConfiguration, TrialRecorder?> Begin);

/// <summary>Hears of one training, and says at its end what is kept.</summary>
public abstract class TrialRecorder
{
    /// <summary>Called once, before the first epoch.</summary>
    public virtual void Start(TrainingRunStart start)
    {
    }

    /// <summary>Called at every record, the start and the end among them.</summary>
    public virtual void Record(TrainingRecord record)
    {
    }

    /// <summary>Called after every epoch.</summary>
    /// <param name="state">Where training stands.</param>
    /// <param name="features">Z^0 … Z^L, samples as columns; the next epoch overwrites them.</param>
    public virtual void Step(TrainingState state, IReadOnlyList<Matrix> features)
    {
    }

    /// <summary>Adds what is kept.</summary>
    /// <exception cref="ComputationFailedException">The training was not such that it can be kept.</exception>
    public abstract void Write(SafetensorsWriter writer);
}
