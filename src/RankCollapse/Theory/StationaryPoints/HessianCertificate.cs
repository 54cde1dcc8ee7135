using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.StationaryPoints;

/// <summary>
/// What kind of stationary point a network is: the least eigenvalues of the Hessian of J, apart from the directions along which J cannot change.
/// </summary>
/// <remarks>
/// Small networks have their whole Hessian H decomposed. For larger ones the least eigenvalues θ of Hv = θMv are looked for, M the preconditioner of
/// training: they have the signs of H's eigenvalues and are told from rounding where those are not. What Lanczos finds lies above the least θ, so that a
/// negative value proves a saddle; a minimum is an estimate: an eigenvalue lies within the residual, and the search found none below.
/// Inputs are replaced by the R factor of X; W_1 outside their range has curvature λ_1 exactly and enters the list so.
/// </remarks>
public sealed record HessianCertificate
{
    /// <summary>The verdict.</summary>
    public required StationaryPointKind Kind { get; init; }

    /// <summary>Whether the eigenvalues are estimates by Lanczos, relative to M, and not those of the whole Hessian.</summary>
    public required bool IsEstimate { get; init; }

    /// <summary>The number of parameters.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>The least eigenvalues, ascending, without the directions of <see cref="Flat"/>.</summary>
    public required IReadOnlyList<HessianEigenvalue> Eigenvalues { get; init; }

    /// <summary>The largest eigenvalue's size, relative to M where the others are.</summary>
    public required double Largest { get; init; }

    /// <summary>What is smaller than this counts as 0: rounding, and what the gradient that is left can feign.</summary>
    public required double Resolution { get; init; }

    /// <summary>Directions along which J cannot change, by reason.</summary>
    public required IReadOnlyList<FlatDirections> Flat { get; init; }

    /// <summary>How many eigenvalues are below −<see cref="Resolution"/>; null where the whole Hessian was not decomposed.</summary>
    public required long? NegativeCount { get; init; }

    /// <summary>How many more lie within ±<see cref="Resolution"/>; null where the whole Hessian was not decomposed.</summary>
    public required long? FurtherFlatCount { get; init; }

    /// <summary>The gradient at the point.</summary>
    public required GradientSize Gradient { get; init; }

    /// <summary>J at the point.</summary>
    public required double Objective { get; init; }

    /// <summary>Products with the Hessian.</summary>
    public required long Products { get; init; }

    /// <summary>What the verdict rests on or lacks, in a sentence; null where the numbers say all.</summary>
    public string? Reason { get; init; }

    /// <summary>The network below a saddle; null where there is none.</summary>
    public DescentStep? Descent { get; init; }

    /// <summary>Finds the least eigenvalues and judges.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="data">The samples.</param>
    /// <param name="settings">The objective.</param>
    /// <param name="options">How hard to look.</param>
    /// <exception cref="InvalidInputException">The gradient is not finite, or the problem too large for the memory.</exception>
    public static HessianCertificate Compute(Network network, DataSet data, ObjectiveSettings settings, HessianCertificateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        return new HessianSearch(network, data, settings, options ?? new HessianCertificateOptions()).Judge();
    }
}
