using Microsoft.ML.OnnxRuntime.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Running;

/// <summary>Inputs that a model accepts, where no data is given: standard normal numbers, small whole numbers, ones where sizes are free as far as the model takes them.</summary>
internal static class RandomInputs
{
    private const int SampleCount = 8;
    private const double MostNumbers = 1e8;

    /// <summary>What free sizes are tried with, in order: sequences, then images.</summary>
    private static readonly int[] Sizes = [1, 8, 32, 64, 224];

    /// <summary>Draws inputs and finds sizes that the model runs with.</summary>
    /// <exception cref="InvalidInputException">None was found.</exception>
    public static ModelData For(OnnxSession session, long seed)
    {
        string? problem = null;
        bool hasFreeSizes = session.Inputs.Any(input => input.Shape.Skip(1).Any(size => size < 0));
        foreach (int size in hasFreeSizes ? Sizes : Sizes[..1])
        {
            ModelData data = Draw(session.Inputs, size, seed);
            try
            {
                var inputs = new ModelInputs(session.Inputs, data);
                int batch = inputs.FixedBatch ?? 1;
                var values = inputs.Batch(0, 1, batch);
                try
                {
                    using var results = session.Run(values, [.. session.Outputs.Select(output => output.Name)]);
                }
                finally
                {
                    foreach (var value in values.Values) value.Dispose();
                }
                return data;
            }
            catch (InvalidInputException e)
            {
                problem = e.Message;
            }
        }
        throw new InvalidInputException($"No inputs were found that the model runs on, so that the result could not be checked; give some with --data. {problem}");
    }

    private static ModelData Draw(IReadOnlyList<ModelInput> inputs, int freeSize, long seed)
    {
        var arrays = new List<DataArray>();
        for (int i = 0; i < inputs.Count; i++)
        {
            ModelInput input = inputs[i];
            int[] shape = [.. input.Shape.Skip(1).Select(size => size < 0 ? freeSize : size)];
            double length = shape.Aggregate((double)SampleCount, (product, size) => product * size);
            if (length > MostNumbers) throw new InvalidInputException($"The model's input {InputFile.Printable(input.Name)} takes samples of {string.Join("×", shape)}, too many numbers for a check; give some with --data.");
            var stream = new RandomStream(seed, RandomPurpose.Sampling, 4000 + i);
            var values = new double[(int)length];
            bool isReal = TensorValues.IsReadable(input.Type);
            for (int j = 0; j < values.Length; j++) values[j] = isReal ? stream.NextGaussian() : input.Type == TensorElementType.Bool ? 1 : stream.NextInteger(2);
            arrays.Add(new DataArray(input.Name, shape, values));
        }
        return ModelData.FromArrays($"random inputs (standard normal, seed {seed})", arrays, null, SampleCount);
    }
}
