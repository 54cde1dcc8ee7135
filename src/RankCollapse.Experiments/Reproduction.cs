using RankCollapse.Experiments.Page;
using RankCollapse.Sweeps;

namespace RankCollapse.Experiments;

/// <summary>What a caller may ask of a reproduction, and wants to hear from it.</summary>
public sealed record ReproductionOptions
{
    /// <summary>Deletes earlier results of the figures that are asked for.</summary>
    public bool Force { get; init; }

    /// <summary>Cells at the same time; null for all cores. Results do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>What trains the cells that are trials, each figure's as a sweep in its folder <c>sweep</c>; null computes all cells on threads of this process. Results do not depend on it.</summary>
    public SweepEngine? Engine { get; init; }

    /// <summary>Called about once a second and whenever a cell ends; never by two threads at once.</summary>
    public Action<ReproductionProgress>? Progress { get; init; }

    /// <summary>Called with a sentence about what is odd but does not stop the work; from any thread, also by several at once.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Called when a figure is written; never by two threads at once.</summary>
    public Action<FigureResult>? Finished { get; init; }
}

/// <summary>How far a reproduction is.</summary>
/// <param name="Done">Cells that are done, those of earlier sessions included.</param>
/// <param name="Count">All cells.</param>
/// <param name="Ended">The cell that has just ended, as <c>fig5/KEY</c>; null for a sign of life.</param>
/// <param name="Running">The cells at work.</param>
/// <param name="SecondsLeft">An estimate; null while nothing is known.</param>
/// <param name="Fraction">The part of the work that is done, 0 … 1.</param>
public sealed record ReproductionProgress(int Done, int Count, string? Ended, IReadOnlyList<string> Running, double? SecondsLeft, double Fraction);

/// <summary>Reproduces figures: trains what is missing on all cores, writes data, pictures and verdicts of each figure into a folder of its own, and a page of all that are there.</summary>
public static class Reproduction
{
    /// <summary>Reproduces figures; what an interrupted call computed is used again, with the same end.</summary>
    /// <param name="experiments">The figures.</param>
    /// <param name="settings">Quick or full, and the seed.</param>
    /// <param name="path">The folder; each figure goes into the folder of its name below it.</param>
    /// <param name="options">What is asked beyond the settings.</param>
    /// <param name="cancellation">Stops after the epochs at hand; finished cells are stored.</param>
    /// <returns>The results, in the order of <paramref name="experiments"/>.</returns>
    /// <exception cref="InvalidInputException">A folder holds results of other settings, or cannot be written; nothing was computed then.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the same call goes on.</exception>
    /// <exception cref="ComputationFailedException">A training failed, or the engine cannot work; what is done is stored.</exception>
    public static IReadOnlyList<FigureResult> Run(IReadOnlyList<Experiment> experiments, ReproductionSettings settings, string path, ReproductionOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(experiments);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ReproductionOptions();
        int threads = options.Threads ?? Environment.ProcessorCount;
        if (threads < 1) throw new InvalidInputException($"The setting threads is {threads}; expected at least 1.");
        foreach (Experiment experiment in experiments) FigureFolder.Check(Path.Combine(path, experiment.Name), settings, experiment.Cells(settings), options.Force);
        options.Engine?.RequireUsable();
        var work = new ReproductionWork(experiments, settings, path, options, threads);
        try
        {
            work.Run(cancellation);
        }
        finally
        {
            if (work.Results.Count > 0) ReproductionReport.Write(path);
        }
        return work.Results;
    }
}
