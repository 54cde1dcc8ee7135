using System.IO.Compression;
using RankCollapse.Formats;

namespace RankCollapse.Data;

/// <summary>
/// The MNIST test set: 10,000 images of handwritten digits with 28×28 pixels, which the library carries with it (LeCun, Cortes and Burges 1998).
/// </summary>
public static class Mnist
{
    /// <summary>How many images there are.</summary>
    public const int SampleCount = 10_000;

    private static readonly Lazy<IdxImages> TestSet = new(() => new IdxImages(
        "mnist",
        Embedded("t10k-images-idx3-ubyte.gz"),
        Embedded("t10k-labels-idx1-ubyte.gz")));

    /// <summary>
    /// Takes a subsample of the test set: X ∈ [0, 1]^{784×N} with pixels row by row, one-hot Y ∈ R^{K×N}, sorted by class.
    /// </summary>
    /// <param name="samples">N, at least K.</param>
    /// <param name="classes">K, 1 to 10: the digits 0 … K−1.</param>
    /// <param name="seed">Equal seeds choose equal samples; a larger N adds samples to those of a smaller one.</param>
    /// <param name="classCounts">
    /// The number of samples of each class, which sum to N; null for equal counts, where the first classes get one more if K does not divide N.
    /// </param>
    /// <exception cref="InvalidInputException">More samples than there are, or counts that do not fit.</exception>
    public static DataSet Subsample(int samples, int classes, long seed, IReadOnlyList<int>? classCounts = null) =>
        TestSet.Value.Subsample(samples, classes, seed, classCounts);

    private static IdxFile Embedded(string name)
    {
        using Stream packed = typeof(Mnist).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The library was built without {name}.");
        // Not the smallest there is, but browsers, where the library runs too, have no other.
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        return IdxFile.Read(unpacked, name, length: null);
    }
}
