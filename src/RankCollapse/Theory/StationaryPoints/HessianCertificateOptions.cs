namespace RankCollapse.Theory.StationaryPoints;

/// <summary>How hard the least eigenvalues of a Hessian are looked for.</summary>
public sealed record HessianCertificateOptions
{
    /// <summary>Networks of at most so many parameters have their whole Hessian decomposed.</summary>
    public int LargestFull { get; init; } = 1200;

    /// <summary>How many of the least eigenvalues are looked for.</summary>
    public int Eigenvalues { get; init; } = 3;

    /// <summary>The most products with the Hessian of the Lanczos search.</summary>
    public int MostProducts { get; init; } = 2000;

    /// <summary>The largest relative gradient norm of a point that is called stationary.</summary>
    public double StationaryBelow { get; init; } = 1e-4;

    /// <summary>Draws the start of the Lanczos search.</summary>
    public long Seed { get; init; }
}
