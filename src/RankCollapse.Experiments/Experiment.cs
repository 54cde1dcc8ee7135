namespace RankCollapse.Experiments;

/// <summary>A figure of the paper: what is trained for it, and how data, pictures and verdicts come from the trainings.</summary>
public abstract class Experiment
{
    /// <summary>The name on the command line and the folder's, such as <c>fig5</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Other names that stand for it on the command line.</summary>
    public virtual IReadOnlyList<string> OtherNames => [];

    /// <summary>The heading.</summary>
    public abstract string Title { get; }

    /// <summary>Where it is in the paper, such as <c>Figure 5, Appendix D.2</c>.</summary>
    public abstract string Source { get; }

    /// <summary>What the paper claims about it, in our words.</summary>
    public abstract string Claim { get; }

    /// <summary>The trainings, which do not depend on each other; their keys differ.</summary>
    public abstract IReadOnlyList<ExperimentCell> Cells(ReproductionSettings settings);

    /// <summary>The settings as a reader wants to see them, by name.</summary>
    public abstract IReadOnlyDictionary<string, string> Describe(ReproductionSettings settings);

    /// <summary>Data, pictures and verdicts; depends on the cells' results alone, and not on how long they took.</summary>
    /// <param name="settings">What the cells were made from.</param>
    /// <param name="cells">The results by the cells' keys; all are there.</param>
    public abstract ExperimentOutcome Conclude(ReproductionSettings settings, IReadOnlyDictionary<string, CellResult> cells);
}
