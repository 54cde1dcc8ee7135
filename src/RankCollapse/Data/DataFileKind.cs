namespace RankCollapse.Data;

/// <summary>The kinds of data files, told apart by their content.</summary>
public enum DataFileKind
{
    /// <summary>None that is read.</summary>
    Unknown,

    /// <summary>A .npz archive of NumPy.</summary>
    Npz,

    /// <summary>One .npy array of NumPy.</summary>
    Npy,

    /// <summary>IDX images or labels, packed or not.</summary>
    Idx,

    /// <summary>Text.</summary>
    Csv,
}
