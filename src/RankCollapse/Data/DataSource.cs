namespace RankCollapse.Data;

/// <summary>The front door to data: by the name of a built-in set, or from a file.</summary>
public static class DataSource
{
    private const string MnistName = "mnist";
    private const string GaussianMixtureName = "gaussian-mixture";

    /// <summary>The names of the built-in data sets.</summary>
    public static IReadOnlyList<string> Names { get; } = [MnistName, GaussianMixtureName];

    /// <summary>Loads the data that a request asks for.</summary>
    /// <exception cref="InvalidInputException">The name is unknown (near ones are listed), the file is missing or damaged, or it has too few samples.</exception>
    public static DataSet Load(DataRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Source switch
        {
            MnistName => Mnist.Subsample(request.Samples, request.Classes, request.Seed, request.ClassCounts),
            GaussianMixtureName => GaussianMixture.Draw(request.Samples, request.Classes, request.Dimension, request.Sigma, request.Seed, classCounts: request.ClassCounts),
            _ => throw new InvalidInputException($"There is no data set {request.Source}."),
        };
    }
}
