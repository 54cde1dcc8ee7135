using Microsoft.ML.OnnxRuntime;

namespace RankCollapse.Models.Running;

/// <summary>Inputs for one call of a model.</summary>
/// <param name="First">The number of the first sample.</param>
/// <param name="Count">How many samples count.</param>
/// <param name="Size">How many the model is given; more where its batch is fixed.</param>
/// <param name="Create">Makes the values.</param>
internal sealed record ModelBatch(int First, int Count, int Size, Func<Dictionary<string, OrtValue>> Create)
{
    /// <summary>Runs a model on the inputs; the caller disposes of the results.</summary>
    /// <param name="session">The model.</param>
    /// <param name="outputs">What is asked for.</param>
    /// <param name="others">Values of inputs that are no samples, which are left to the caller.</param>
    /// <exception cref="InvalidInputException">The model cannot be run on them.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(
        OnnxSession session, IReadOnlyCollection<string> outputs, IReadOnlyDictionary<string, OrtValue>? others = null)
    {
        Dictionary<string, OrtValue> values = Create();
        try
        {
            return session.Run(others is null ? values : values.Concat(others).ToDictionary(), outputs);
        }
        finally
        {
            foreach (OrtValue value in values.Values) value.Dispose();
        }
    }
}

/// <summary>Inputs for a model in batches: of data, or random.</summary>
internal sealed class ModelBatches
{
    /// <summary>What they are.</summary>
    public required string Name { get; init; }

    /// <summary>How many samples.</summary>
    public required int SampleCount { get; init; }

    /// <summary>The label of each sample; null where there are none.</summary>
    public IReadOnlyList<int>? Labels { get; init; }

    /// <summary>The batches, in order.</summary>
    public required IReadOnlyList<ModelBatch> Batches { get; init; }

    /// <summary>Data in batches.</summary>
    /// <exception cref="InvalidInputException">The data do not fit the model's inputs.</exception>
    public static ModelBatches Of(ModelData data, IReadOnlyList<ModelInput> inputs, int batchSize)
    {
        var pairs = new ModelInputs(inputs, data);
        int batch = pairs.FixedBatch ?? Math.Min(batchSize, data.SampleCount);
        var batches = new List<ModelBatch>();
        for (int start = 0; start < data.SampleCount; start += batch)
        {
            int first = start, count = Math.Min(batch, data.SampleCount - start), size = pairs.FixedBatch ?? count;
            batches.Add(new ModelBatch(first, count, size, () => pairs.Batch(first, count, size)));
        }
        return new ModelBatches { Name = data.Name, SampleCount = data.SampleCount, Labels = data.Labels, Batches = batches };
    }
}
