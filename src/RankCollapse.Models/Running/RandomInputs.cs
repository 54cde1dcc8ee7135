using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Running;

/// <summary>
/// Inputs that a model accepts, where no data is given: standard normal numbers, whole numbers 0 and 1, and sizes that the model runs with where they are free.
/// </summary>
internal static class RandomInputs
{
    private const int BatchCount = 4;
    private const int FreeBatch = 2;
    private const double MostNumbers = 1e8;

    /// <summary>What free sizes are tried with, in order: sequences, then images.</summary>
    private static readonly int[] Sizes = [1, 8, 32, 64, 224, 512];

    /// <summary>Draws inputs in the shapes that the model declares.</summary>
    /// <exception cref="InvalidInputException">The model does not run on any that were tried.</exception>
    public static ModelBatches For(OnnxSession session, long seed)
    {
        string? problem = null;
        bool hasFreeSizes = session.Inputs.Any(input => input.Shape.Skip(1).Any(size => size < 0));
        foreach (int size in hasFreeSizes ? Sizes : Sizes[..1])
        {
            var batches = new ModelBatches
            {
                Name = $"random inputs (standard normal, seed {seed}{(hasFreeSizes ? $", free sizes {size}" : "")})",
                SampleCount = BatchCount * FreeBatch,
                Batches = [.. Enumerable.Range(0, BatchCount)
                    .Select(b => new ModelBatch(FreeBatch * b, FreeBatch, FreeBatch, () => Draw(session.Inputs, size, seed, b)))],
            };
            try
            {
                using IDisposableReadOnlyCollection<OrtValue> results = batches.Batches[0].Run(session, [.. session.Outputs.Select(output => output.Name)]);
                return batches;
            }
            catch (InvalidInputException e)
            {
                problem = e.Message;
            }
        }
        throw new InvalidInputException(
            $"No inputs were found that the model runs on, so that the result could not be checked; give some as data. {problem}")
        { Settings = ["data"] };
    }

    private static Dictionary<string, OrtValue> Draw(IReadOnlyList<ModelInput> inputs, int freeSize, long seed, int batch)
    {
        var drawn = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        for (int i = 0; i < inputs.Count; i++)
        {
            ModelInput input = inputs[i];
            long[] shape = [.. input.Shape.Select((size, axis) => size >= 0 ? (long)size : axis == 0 ? FreeBatch : freeSize)];
            double length = shape.Aggregate(1.0, (product, size) => product * size);
            if (length > MostNumbers)
                throw new InvalidInputException(
                    $"The model's input {ErrorText.Printable(input.Name)} takes {string.Join("×", shape)} numbers, too many for a check.");
            var stream = new RandomStream(seed, RandomPurpose.Sampling, 4000 + (BatchCount * i) + batch);
            var values = new double[(int)length];
            bool isReal = TensorValues.IsReadable(input.Type);
            for (int j = 0; j < values.Length; j++) values[j] = isReal ? stream.NextGaussian() : input.Type == TensorElementType.Bool || shape.Length == 0
                ? 1 : stream.NextInteger(2);
            drawn.Add(input.Name, TensorValues.Create(input.Name, input.Type, values, shape));
        }
        return drawn;
    }
}
