namespace RankCollapse.Runs;

/// <summary>What a record of a training holds.</summary>
public enum RecordKind
{
    /// <summary>Every metric.</summary>
    All,

    /// <summary>TCV and the rank of the features beside the objective and its gradient, which costs a third less.</summary>
    Collapse,
}
