using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>Samples that a network is not trained on.</summary>
/// <remarks>
/// Of the training's own source they are those that follow it: samples of a class are put into an order of the seed, of which training takes the first. A
/// Gaussian mixture draws fresh ones around the same means. A source of its own gives as many as are asked for, or all.
/// </remarks>
public static class TestSet
{
    /// <summary>Loads test samples.</summary>
    /// <param name="request">What the training data were asked for with.</param>
    /// <param name="training">The training data.</param>
    /// <param name="samples">The number of test samples; null for all of a source of their own.</param>
    /// <param name="source">A file, or the name of a built-in set that is not drawn; null takes the training's source.</param>
    /// <exception cref="InvalidInputException">There are too few samples, the source cannot be read, or its samples do not fit the training's.</exception>
    public static DataSet Load(DataRequest request, DataSet training, int? samples, string? source)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(training);
        DataSet test = source is null ? Following(request, training, samples!.Value) : Other(request, samples, source);
        if (test.InputDimension != training.InputDimension || test.OutputDimension != training.OutputDimension)
            throw new InvalidInputException($"The test data have {test.InputDimension} inputs and {test.OutputDimension} outputs, but the training data "
                + $"{training.InputDimension} and {training.OutputDimension}; give data of the same kind (test-data).")
            { Settings = ["test-data"] };
        if ((test.Labels.Length == 0) != (training.Labels.Length == 0))
            throw new InvalidInputException("Training and test data both need labels, or neither (test-data).") { Settings = ["test-data"] };
        return test;
    }

    private static DataSet Other(DataRequest request, int? samples, string source)
    {
        if (source is DataSource.GaussianMixtureName or DataSource.MoonsName or DataSource.FreeName)
            throw new InvalidInputException($"The test data {source} are not of a file; ask for test-samples alone, which draws them as the training data are.")
            { Settings = ["test-data", "test-samples"] };
        bool isOtherPart = source == request.Source && request.Reading.Split == DataSplit.Train;
        return DataSource.Load(request with
        {
            Source = source,
            Samples = samples ?? DataRequest.AllSamples,
            ClassCounts = null,
            Reading = isOtherPart ? request.Reading with { Split = DataSplit.Test } : request.Reading with { Split = DataSplit.Train },
        });
    }

    private static DataSet Following(DataRequest request, DataSet training, int samples)
    {
        // The arcs are the same whatever the seed, and samples stand on them at equal steps: fresh noise on as many steps as there are test samples.
        if (request.Source == DataSource.MoonsName)
            return DataSource.Load(request with { Samples = samples, ClassCounts = null, Seed = unchecked(request.Seed + 1) });
        int outputs = training.OutputDimension;
        if (training.Labels.Length == 0)
        {
            DataSet more = DataSource.Load(request with { Samples = request.Samples + samples });
            return Chosen(more, [.. Enumerable.Range(training.SampleCount, samples)]);
        }
        int[] before = new int[outputs];
        foreach (int label in training.Labels) before[label]++;
        int[] after = ClassSubsample.BalancedCounts(samples, outputs);
        DataSet all = DataSource.Load(request with
        {
            Samples = training.SampleCount + samples,
            ClassCounts = [.. before.Zip(after, (a, b) => a + b)],
        });
        var seen = new int[outputs];
        var chosen = new List<int>(samples);
        for (int i = 0; i < all.SampleCount; i++)
        {
            if (seen[all.Labels[i]]++ >= before[all.Labels[i]]) chosen.Add(i);
        }
        return Chosen(all, [.. chosen]);
    }

    private static DataSet Chosen(DataSet all, int[] columns) => new(
        all.Name, Columns(all.Inputs, columns), Columns(all.Targets, columns), all.Labels.Length == 0 ? [] : [.. columns.Select(i => all.Labels[i])]);

    private static Matrix Columns(Matrix a, int[] columns)
    {
        var result = new Matrix(a.Rows, columns.Length);
        for (int i = 0; i < a.Rows; i++)
        {
            for (int j = 0; j < columns.Length; j++) result[i, j] = a[i, columns[j]];
        }
        return result;
    }
}
