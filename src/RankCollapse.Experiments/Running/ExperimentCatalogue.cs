using RankCollapse.Experiments.Batch;
using RankCollapse.Experiments.Depth;
using RankCollapse.Experiments.Figure1;
using RankCollapse.Experiments.Figure2;
using RankCollapse.Experiments.Figure3;
using RankCollapse.Experiments.Figure5;
using RankCollapse.Experiments.Figures6And7;
using RankCollapse.Experiments.Ranks;
using RankCollapse.Experiments.Rivals;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Experiments.Running;

/// <summary>The figures that can be reproduced.</summary>
public static class ExperimentCatalogue
{
    /// <summary>The name that stands for all figures.</summary>
    public const string All = "all";

    /// <summary>All figures, in the paper's order, and then our own.</summary>
    public static Registry<Experiment> Experiments { get; } = new(
        "figure",
        experiment => experiment.Name,
        new TailEnergyExperiment(),
        new SingularValuesExperiment(),
        new CollapseExperiment(),
        new WeightNormsExperiment(),
        new FeatureEvolutionExperiment(),
        new DepthExperiment(),
        new LowerRankExperiment(),
        new BatchExperiment(),
        new RivalsExperiment());

    /// <summary>What sweeps of figures may ask to be recorded.</summary>
    public static IReadOnlyList<TrialRecording> Recordings => [.. Experiments.Select(experiment => experiment.Recording).OfType<TrialRecording>()];

    /// <summary>The figures of these names, each once, in the paper's order.</summary>
    /// <param name="names">Names such as <c>fig5</c>, or <c>all</c>.</param>
    /// <exception cref="InvalidInputException">A name is unknown; near ones are listed.</exception>
    public static IReadOnlyList<Experiment> Find(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        string[] known = [.. Experiments.SelectMany(e => e.OtherNames.Prepend(e.Name)).Append(All)];
        foreach (string name in names)
        {
            if (!known.Contains(name)) throw new InvalidInputException($"There is no figure '{ErrorText.Printable(name)}'; {NearMatches.Advice(name, known)}");
        }
        return [.. Experiments.Where(e => names.Contains(All) || names.Contains(e.Name) || e.OtherNames.Any(names.Contains))];
    }
}
