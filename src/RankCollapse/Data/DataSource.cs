using RankCollapse.Formats;

namespace RankCollapse.Data;

/// <summary>The front door to data: by the name of a built-in set, or from a file.</summary>
/// <remarks>
/// A file is known by its content: an .npz archive, IDX images (whose labels are found beside them), or csv.
/// From every source N samples are taken with the seed, balanced and sorted by class; when N is all there are, the file's own balance stays.
/// MNIST and IDX files give the first K classes; in npz and csv files a label outside 0 … K−1 is an error, and where an npz file has Y, its rows are K.
/// IDX pixels are divided by 255; other numbers stay as they are.
/// </remarks>
public static class DataSource
{
    /// <summary>The name of <see cref="GaussianMixture"/>.</summary>
    public const string GaussianMixtureName = "gaussian-mixture";

    /// <summary>The name of unconstrained features: X = I, so that the weights of the first layer are the features of the samples.</summary>
    public const string FreeName = "free";

    /// <summary>The name of <see cref="Moons"/>.</summary>
    public const string MoonsName = "moons";

    private const string MnistName = "mnist";

    /// <summary>The names of the built-in data sets.</summary>
    public static IReadOnlyList<string> Names { get; } = [MnistName, GaussianMixtureName, MoonsName, FreeName];

    /// <summary>How many samples a built-in data set has where none are asked for: all of MNIST, a thousand of those that have any number.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static int UsualSamples(string name) => name == MnistName ? Mnist.SampleCount : 1000;

    /// <summary>Loads the data that a request asks for.</summary>
    /// <exception cref="InvalidInputException">
    /// The name is unknown (near ones are listed), the file is missing or damaged, or it has too few samples.
    /// </exception>
    public static DataSet Load(DataRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Source switch
        {
            MnistName => Mnist.Subsample(request.Samples, request.Classes, request.Seed, request.ClassCounts),
            GaussianMixtureName =>
                GaussianMixture.Draw(request.Samples, request.Classes, request.Dimension, request.Sigma, request.Seed, classCounts: request.ClassCounts),
            FreeName => FreeFeatures.Create(request.Samples, request.Classes, request.ClassCounts),
            MoonsName => Moons.Draw(request.Samples, request.Classes, request.Sigma, request.Seed, request.ClassCounts),
            _ => LoadFile(request),
        };
    }

    private static DataSet LoadFile(DataRequest request)
    {
        string path = request.Source;
        bool looksLikeAName = !path.AsSpan().ContainsAny('/', '\\', '.');
        if (looksLikeAName && !Path.Exists(path))
            throw new InvalidInputException($"There is no data set and no file '{ErrorText.Printable(path)}'; {NearMatches.Advice(path, Names)}");
        return KindOf(path) switch
        {
            DataFileKind.Npz => NpzSamples.Read(path, request.Reading).Subsample(request),
            DataFileKind.Npy =>
                throw new InvalidInputException($"{path} holds one NumPy array, expected inputs and labels; save both with numpy.savez(FILE, X=…, y=…)."),
            DataFileKind.Idx => IdxImages.Read(path).Subsample(request.Samples, request.Classes, request.Seed, request.ClassCounts),
            DataFileKind.Csv => CsvSamples.Read(path, request.Reading.Label).Subsample(request),
            _ => throw new InvalidInputException($"{path} is neither an .npz archive, nor IDX images, nor csv; convert it to one of them."),
        };
    }

    /// <summary>What a file's first bytes say that it is.</summary>
    /// <exception cref="InvalidInputException">The file is missing or empty.</exception>
    public static DataFileKind KindOf(string path)
    {
        using FileStream file = InputFile.Open(path);
        return InputFile.Guard(path, () =>
        {
            var start = new byte[1024];
            int length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            return start.AsSpan(0, length) switch
            {
                [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..] => DataFileKind.Npz,
                [0x93, (byte)'N', (byte)'U', (byte)'M', ..] => DataFileKind.Npy,
                [0x1F, 0x8B, ..] or [0, 0, ..] => DataFileKind.Idx,
                [] => throw new InvalidInputException($"{path} is empty; get the file again."),
                var text => text.Contains((byte)0) ? DataFileKind.Unknown : DataFileKind.Csv,
            };
        });
    }
}
