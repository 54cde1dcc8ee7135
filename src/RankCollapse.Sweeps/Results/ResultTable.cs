namespace RankCollapse.Sweeps.Results;

/// <summary>A format that results are written in.</summary>
public enum ResultFormat
{
    /// <summary>Values with commas between them, with a header; numbers in full precision, lists as [1.0, 2.0].</summary>
    Csv,

    /// <summary>An array with an object for each row; what does not exist or is not finite is null.</summary>
    Json,

    /// <summary>Apache Parquet.</summary>
    Parquet,
}

/// <summary>Rows of an answer, in memory.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows, with a value or null for each column.</param>
/// <param name="IsCut">Whether there are more rows, which were left out.</param>
public sealed record ResultTable(IReadOnlyList<ResultTableColumn> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows, bool IsCut);

/// <summary>A column of an answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SqlType">Its type in SQL.</param>
public sealed record ResultTableColumn(string Name, string SqlType);
