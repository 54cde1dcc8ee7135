namespace RankCollapse.Data;

/// <summary>Which axis of an array of two dimensions is that of the samples.</summary>
public enum SampleLayout
{
    /// <summary>The one that fits labels or targets; rows where there are neither.</summary>
    Auto,

    /// <summary>A sample a row, as in NumPy, scikit-learn and PyTorch.</summary>
    Rows,

    /// <summary>A sample a column, as in the theory.</summary>
    Columns,
}

/// <summary>Which part of a file that holds two is read.</summary>
public enum DataSplit
{
    /// <summary>The part for training.</summary>
    Train,

    /// <summary>The part for testing.</summary>
    Test,
}

/// <summary>What settles how a file of samples is meant, where the file itself does not.</summary>
public sealed record FileReading
{
    /// <summary>The column of a csv file that holds the class: its name in the header, or its number from 1; null finds it.</summary>
    public string? Label { get; init; }

    /// <summary>Which axis of an array is that of the samples.</summary>
    public SampleLayout Layout { get; init; }

    /// <summary>Hears how a file was understood, in a sentence without its end.</summary>
    public Action<string>? Understood { get; init; }

    /// <summary>The part of a file with arrays such as <c>x_train</c> and <c>x_test</c>.</summary>
    public DataSplit Split { get; init; }
}
