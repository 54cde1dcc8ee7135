namespace RankCollapse.Data;

/// <summary>Which data to load, and how much of it.</summary>
public sealed record DataRequest
{
    /// <summary><c>mnist</c>, <c>gaussian-mixture</c>, <c>moons</c>, <c>free</c> or the path of a file.</summary>
    public string Source { get; init; } = "mnist";

    /// <summary>In place of N: all samples that a file or MNIST has.</summary>
    public const int AllSamples = int.MaxValue;

    /// <summary>N, the number of samples to take, or <see cref="AllSamples"/>.</summary>
    public int Samples { get; init; } = 200;

    /// <summary>K, the number of classes; the rows of Y decide where a file has one.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Samples of each class, which sum to N; null for equal counts.</summary>
    public IReadOnlyList<int>? ClassCounts { get; init; }

    /// <summary>n, the input dimension of a Gaussian mixture.</summary>
    public int Dimension { get; init; } = 100;

    /// <summary>σ of a Gaussian mixture, and of moons.</summary>
    public double Sigma { get; init; } = 0.1;

    /// <summary>What settles how a file is meant.</summary>
    public FileReading Reading { get; init; } = new();

    /// <summary>The seed that draws or chooses the samples.</summary>
    public long Seed { get; init; }
}
