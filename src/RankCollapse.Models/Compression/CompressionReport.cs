namespace RankCollapse.Models.Compression;

/// <summary>What became of one layer.</summary>
public sealed record CompressedLayer
{
    /// <summary>The name of the layer's weights.</summary>
    public required string Name { get; init; }

    /// <summary><c>linear</c> or <c>convolution</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The shape of its weights as text.</summary>
    public required string ShapeText { get; init; }

    /// <summary>The rank of its factors; null where it stayed whole.</summary>
    public int? Rank { get; init; }

    /// <summary>min(p, q), the rank that it could have.</summary>
    public int? FullRank { get; init; }

    /// <summary>Its weights before.</summary>
    public required long ParametersBefore { get; init; }

    /// <summary>Its weights, or those of both factors, after.</summary>
    public required long ParametersAfter { get; init; }

    /// <summary>Why it stayed whole; null where it was factored.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the factors are fitted to data.</summary>
    public bool IsFittedToData { get; init; }

    /// <summary>√(Σ_{i&gt;r} s_i²/Σ s_i²), the least relative error of this rank that is possible: of W, or of W·X where fitted to data.</summary>
    public double? ErrorBound { get; init; }

    /// <summary>‖W − Up·Down‖_F/‖W‖_F, computed from the numbers that were written.</summary>
    public double? WeightError { get; init; }

    /// <summary>‖(W − Up·Down)·X‖_F/‖W·X‖_F on the data, both less their means where the bias is corrected; null without data.</summary>
    public double? DataError { get; init; }

    /// <summary>Whether the mean of what the factors lose on the data was added to the layer's bias.</summary>
    public bool IsBiasCorrected { get; init; }

    /// <summary>Where singular values end to be signal, by <see cref="Collapse.NoiseEdge"/>; null where ranks are chosen otherwise.</summary>
    public double? NoiseThreshold { get; init; }

    /// <summary>For runs: what Theorem 3.4 says that ‖W − W_r‖_F is at most, where r is at least its K; null where it says nothing.</summary>
    public double? Certificate { get; init; }

    /// <summary>Whether the certificate is at least ‖W‖_F, which is true of any matrix.</summary>
    public bool IsCertificateVacuous { get; init; }
}

/// <summary>How an output of both models differs on the same inputs.</summary>
/// <param name="Name">The output.</param>
/// <param name="RelativeError">‖f_r(X) − f(X)‖_F/‖f(X)‖_F.</param>
/// <param name="Error">‖f_r(X) − f(X)‖_F.</param>
/// <param name="LargestError">The largest difference of two entries.</param>
public sealed record OutputDifference(string Name, double RelativeError, double Error, double LargestError);

/// <summary>What both models do on the same inputs.</summary>
public sealed record CompressionCheck
{
    /// <summary>What the inputs were.</summary>
    public required string Inputs { get; init; }

    /// <summary>How many samples.</summary>
    public required int SampleCount { get; init; }

    /// <summary>Each output with numbers.</summary>
    public required IReadOnlyList<OutputDifference> Outputs { get; init; }

    /// <summary>What both get right; null without labels.</summary>
    public AccuracyChange? Accuracy { get; init; }

    /// <summary>The share of samples that are predicted right, before; null without labels.</summary>
    public double? AccuracyBefore => Accuracy?.Before;

    /// <summary>The same after.</summary>
    public double? AccuracyAfter => Accuracy?.After;

    /// <summary>Why there is no accuracy although there are labels; null otherwise.</summary>
    public string? AccuracyReason { get; init; }

    /// <summary>The factored layers on which no output depends on these inputs, so that what their factors change is not seen.</summary>
    public IReadOnlyList<string> Unseen { get; init; } = [];

    /// <summary>For runs: a bound of ‖f_r(X) − f(X)‖_F from the distances of the layers, as they were computed.</summary>
    public double? OutputBound { get; init; }

    /// <summary>For runs: the same with the bounds of Theorem 3.4 in place of distances, in all layers where it is not vacuous.</summary>
    public double? CertifiedOutputBound { get; init; }
}

/// <summary>What a compression came to.</summary>
public sealed record CompressionReport
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>The file that was written; null where no layer was replaced.</summary>
    public required string? Output { get; init; }

    /// <summary>How ranks were chosen.</summary>
    public required RankRule Rule { get; init; }

    /// <summary>Every layer with weights, in the model's order.</summary>
    public required IReadOnlyList<CompressedLayer> Layers { get; init; }

    /// <summary>All parameters of the model before: real numbers in all tensors.</summary>
    public required long ParametersBefore { get; init; }

    /// <summary>All parameters after.</summary>
    public required long ParametersAfter { get; init; }

    /// <summary>The share of parameters that was removed.</summary>
    public double Removed => ParametersBefore == 0 ? 0 : 1 - ((double)ParametersAfter / ParametersBefore);

    /// <summary>√(Σ‖W − Up·Down‖_F²/Σ‖W‖_F²) over the factored layers.</summary>
    public required double WeightError { get; init; }

    /// <summary>What both models do on the same inputs; null where there is no network to run.</summary>
    public CompressionCheck? Check { get; init; }

    /// <summary>Why there is no check; null where there is one.</summary>
    public string? CheckReason { get; init; }

    /// <summary>For a drop of accuracy: what was asked, and what came of it on the data that ranks were chosen on.</summary>
    public AccuracySearch? Search { get; init; }

    /// <summary>Whether both models were compared on other data than those that layers were fitted to.</summary>
    public bool HasTest { get; init; }

    /// <summary>
    /// Whether the other data show, beyond twice the standard error of the change, that the accuracy falls by more than was asked; false where nothing was.
    /// </summary>
    public bool IsRefutedOnTest => HasTest && Search is { } search && Check?.Accuracy is { } test
        && test.Change + (2 * test.ChangeStandardError) < -search.AllowedDrop;

    /// <summary>Sizes and what they cost, smallest first; empty where it was not asked for.</summary>
    public IReadOnlyList<PathPoint> Path { get; init; } = [];

    /// <summary>How long both models take, once for each number of threads; empty where nothing could be run.</summary>
    public IReadOnlyList<LatencyChange> Latency { get; init; } = [];

    /// <summary>For a budget: whether no choice of ranks has a smaller error; null for other rules.</summary>
    public bool? IsOptimal { get; init; }

    /// <summary>For a budget: Σ of the relative squared errors, and a bound that no choice is below.</summary>
    public (double Error, double LowerBound)? BudgetError { get; init; }
}
