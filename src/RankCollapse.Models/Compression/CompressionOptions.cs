using RankCollapse.Data;
using RankCollapse.Models.Features;

namespace RankCollapse.Models.Compression;

/// <summary>How ranks are chosen.</summary>
public enum RankRule
{
    /// <summary>The least rank that keeps a share of the energy Σs² of each layer.</summary>
    Energy,

    /// <summary>The least rank whose error is at most a fraction of the layer's norm.</summary>
    Tolerance,

    /// <summary>One rank for all layers.</summary>
    Rank,

    /// <summary>K, with the bounds of Theorem 3.4 on what that changes; for runs.</summary>
    Certificate,

    /// <summary>The smallest error at a share of the model's parameters.</summary>
    Budget,

    /// <summary>The number of singular values of the weights that stand out of noise, by Gavish and Donoho's threshold.</summary>
    NoiseEdge,

    /// <summary>The fewest parameters whose accuracy, as it is measured on the data, is lower by no more than a share of the samples.</summary>
    Accuracy,
}

/// <summary>How a model is compressed.</summary>
public sealed record CompressionOptions
{
    /// <summary>How ranks are chosen.</summary>
    public RankRule Rule { get; init; } = RankRule.Energy;

    /// <summary>The share of the energy to keep, the tolerance, the share of the parameters to keep, or by how much accuracy may fall.</summary>
    public double Value { get; init; } = 0.99;

    /// <summary>The rank for <see cref="RankRule.Rank"/>; K for <see cref="RankRule.Certificate"/>, where null is the number of outputs.</summary>
    public int? Rank { get; init; }

    /// <summary>Ranks are rounded up to multiples of this.</summary>
    public int Multiple { get; init; } = 1;

    /// <summary>Whether layers that take longer as two, as they are timed on this machine, stay whole.</summary>
    public bool OnlyFaster { get; init; }

    /// <summary>How many sizes are tried for <see cref="CompressionReport.Path"/>; 0 for none.</summary>
    public int PathPoints { get; init; }

    /// <summary>A file, the folder of a run, or a built-in data set: layers are fitted to what they do on it.</summary>
    public string? Data { get; init; }

    /// <summary>Other data on which outputs and accuracy are compared; null takes <see cref="Data"/>.</summary>
    public string? Test { get; init; }

    /// <summary>The most samples to take from the data; null for all.</summary>
    public int? Samples { get; init; }

    /// <summary>What settles how files of samples are meant.</summary>
    public FileReading Reading { get; init; } = new();

    /// <summary>The output that predicts classes; null takes the first.</summary>
    public string? Output { get; init; }

    /// <summary>What the model is trained to tell; null where its output says so.</summary>
    public PredictionTask? Task { get; init; }

    /// <summary>Only layers whose names contain one of these texts; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>No layers whose names contain one of these texts.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>The seed of samples, and of random inputs where there is no data.</summary>
    public long Seed { get; init; }

    /// <summary>Is told what goes on.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>Stops between layers and batches.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Refuses values outside their ranges.</summary>
    /// <exception cref="InvalidInputException">A value lies outside its range; the message names the option.</exception>
    internal void Validate()
    {
        string? wrong = Rule switch
        {
            RankRule.Energy when !(Value is > 0 and <= 1) => $"The energy to keep is {Value}; expected a number above 0 and at most 1",
            RankRule.Tolerance when !(Value is >= 0 and < 1) => $"The tolerance is {Value}; expected a number from 0 to below 1",
            RankRule.Budget when !(Value is > 0 and <= 1) => $"The share of parameters to keep is {Value}; expected a number above 0 and at most 1",
            RankRule.Rank when Rank is null or < 1 => $"The rank is {Rank}; expected at least 1",
            RankRule.Accuracy when !(Value is >= 0 and < 1) =>
                $"The accuracy may drop by {Value}; expected a share of the samples from 0 to below 1",
            _ when Multiple < 1 => $"Ranks are rounded to multiples of {Multiple}; expected at least 1",
            RankRule.Certificate when Data is not null =>
                "Theorem 3.4 bounds the distance to the nearest weights of rank K, not to weights that are fitted to data; give other data as test to compare "
                + "on, or choose another rule than the certificate",
            RankRule.Certificate when Rank < 1 => $"The rank is {Rank}; expected at least 1",
            _ => null,
        };
        if (wrong is not null) throw new InvalidInputException($"{wrong}.") { Settings = ["test"] };
    }
}
