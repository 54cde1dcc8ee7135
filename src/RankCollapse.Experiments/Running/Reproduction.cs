using System.Runtime.ExceptionServices;
using RankCollapse.Experiments.Page;
using RankCollapse.Formats;
using RankCollapse.Reporting;
using RankCollapse.Sweeps.Engines.InProcess;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Experiments.Running;

/// <summary>What a caller may ask of a reproduction, and wants to hear from it.</summary>
public sealed record ReproductionOptions
{
    /// <summary>Deletes earlier results of the figures that are asked for.</summary>
    public bool Force { get; init; }

    /// <summary>Trainings at the same time on this machine; null for all cores. Results do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// What trains, each figure's trainings as a sweep in its folder <c>sweep</c>; by default threads of this process. Results do not depend on it.
    /// </summary>
    public Engine Engine { get; init; } = new InProcessEngine();

    /// <summary>Whether all figures are also written to one page at the width of a column and of a page, on light and on dark paper.</summary>
    public bool Gallery { get; init; }

    /// <summary>What is asked of the engine.</summary>
    public EngineSettings Asked { get; init; } = EngineSettings.None;

    /// <summary>The command that runs this program, for engines that start processes.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Called about once a second and whenever a training ends; never by two threads at once.</summary>
    public Action<ReproductionProgress>? Progress { get; init; }

    /// <summary>Called with a sentence about what is odd but does not stop the work; from any thread, also by several at once.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Called when a figure is written; never by two threads at once.</summary>
    public Action<FigureResult>? Finished { get; init; }

    /// <summary>The cores to take.</summary>
    internal int Cores => Threads ?? Environment.ProcessorCount;
}

/// <summary>How far a reproduction is.</summary>
/// <param name="Done">Trainings that are done, those of earlier sessions included.</param>
/// <param name="Count">All trainings.</param>
/// <param name="Ended">The training that has just ended, as <c>fig5/KEY</c>; null for a sign of life.</param>
/// <param name="Running">The trainings at work.</param>
/// <param name="SecondsLeft">An estimate; null while nothing is known.</param>
/// <param name="Fraction">The part of the work that is done, 0 … 1.</param>
public sealed record ReproductionProgress(int Done, int Count, string? Ended, IReadOnlyList<string> Running, double? SecondsLeft, double Fraction);

/// <summary>
/// Reproduces figures: trains what is missing on all cores, writes data, pictures and verdicts of each figure into a folder of its own, and a page of all that
/// are there.
/// </summary>
public static class Reproduction
{
    /// <summary>Reproduces figures; what an interrupted call computed is used again, with the same end.</summary>
    /// <param name="experiments">The figures.</param>
    /// <param name="settings">Quick or full, and the seed.</param>
    /// <param name="path">The folder; each figure goes into the folder of its name below it.</param>
    /// <param name="options">What is asked beyond the settings.</param>
    /// <param name="cancellation">Stops after the epochs at hand; finished trainings are stored.</param>
    /// <returns>The results, in the order of <paramref name="experiments"/>.</returns>
    /// <exception cref="InvalidInputException">A folder holds results of other settings, or cannot be written; nothing was computed then.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the same call goes on.</exception>
    /// <exception cref="ComputationFailedException">A training failed, or the engine cannot work; what is done is stored.</exception>
    public static IReadOnlyList<FigureResult> Run(IReadOnlyList<Experiment> experiments, ReproductionSettings settings, string path,
        ReproductionOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(experiments);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(path);
        InputFile.RequirePath(path);
        options ??= new ReproductionOptions();
        if (options.Threads < 1) throw new InvalidInputException($"The setting threads is {options.Threads}; expected at least 1.");
        foreach (Experiment experiment in experiments) FigureFolder.Check(Path.Combine(path, experiment.Name), settings, experiment, options.Force);
        options.Engine.RequireUsable(options.Asked);
        using IDisposable saving = Cancellation.Saving();
        FigureWork[] works = [.. experiments.Select(experiment => new FigureWork(experiment, settings, path, options))];
        var tally = new ReproductionTally(works, options.Cores, options.Progress);
        var failures = new List<Exception>();
        var finishing = new Lock();
        tally.Tell();
        using (new Timer(_ => tally.Tell(), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)))
        {
            // Where others train, all figures wait side by side; otherwise one comes after the other.
            if (options.Engine.WorksElsewhere)
                Task.WaitAll([.. works.Select(work => Task.Factory.StartNew(
                    () => Make(work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))], CancellationToken.None);
            else foreach (FigureWork work in works) Make(work);
        }
        if (works.Any(work => work.Result is not null)) ReproductionReport.Write(path);
        if (options.Gallery) FigureGallery.Write([.. works.SelectMany(work => work.Figures)], Path.Combine(path, FigureGallery.FileName));
        if (failures.Count > 0) ExceptionDispatchInfo.Throw(failures.Find(failure => failure is OperationCanceledException) ?? failures[0]);
        return [.. works.Select(work => work.Result!)];

        // A figure that fails does not keep the others from their end.
        void Make(FigureWork work)
        {
            try
            {
                work.Run(tally, cancellation);
                lock (finishing) options.Finished?.Invoke(work.Result!);
            }
            catch (Exception e)
            {
                lock (finishing) failures.Add(e);
            }
        }
    }
}
