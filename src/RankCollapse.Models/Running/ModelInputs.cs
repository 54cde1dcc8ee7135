using Microsoft.ML.OnnxRuntime;

namespace RankCollapse.Models.Running;

/// <summary>Gives the samples of data to a model's inputs, in batches.</summary>
internal sealed class ModelInputs
{
    private readonly List<(ModelInput Input, DataArray Array, long[] SampleShape)> _pairs = [];

    /// <summary>Pairs inputs with arrays: by name, or the only input with the only array.</summary>
    /// <param name="inputs">The model's inputs.</param>
    /// <param name="data">The samples.</param>
    /// <exception cref="InvalidInputException">An input has no array, or their sizes do not fit.</exception>
    public ModelInputs(IReadOnlyList<ModelInput> inputs, ModelData data)
    {
        foreach (ModelInput input in inputs)
        {
            DataArray? array = data.Arrays.FirstOrDefault(candidate => candidate.Name == input.Name) ?? (inputs.Count == 1 ? data.Arrays[0] : null);
            if (array is null)
                throw new InvalidInputException(
                    $"The model has the inputs {ErrorText.Printable(string.Join(", ", inputs.Select(i => i.Name)))}, but {data.Name} has no "
                    + $"{ErrorText.Printable(input.Name)}; save all of them in one .npz file, a sample a row.");
            if (input.Shape.Count == 0)
                throw new InvalidInputException(
                    $"The model's input {ErrorText.Printable(input.Name)} is a single number, so there are no samples to give to it.");
            if (input.Shape[0] > 0) FixedBatch = FixedBatch is null || FixedBatch == input.Shape[0]
                ? input.Shape[0] : throw new InvalidInputException(
                $"The model's inputs have {FixedBatch} and {input.Shape[0]} as their first sizes, so that it is not clear what a sample is.");
            _pairs.Add((input, array, FitShape(input, array, data.Name)));
        }
        if (_pairs.Count == 0) throw new InvalidInputException("The model has no inputs, so that data cannot be given to it.");
    }

    /// <summary>The only batch size that the model takes; null where any will do.</summary>
    public int? FixedBatch { get; }

    /// <summary>The inputs of some samples; missing ones of a fixed batch repeat the last. The caller disposes of the values.</summary>
    public Dictionary<string, OrtValue> Batch(int first, int count, int batchSize)
    {
        var values = new Dictionary<string, OrtValue>(_pairs.Count);
        foreach ((ModelInput input, DataArray array, long[] sampleShape) in _pairs)
        {
            int length = array.SampleLength;
            var numbers = new double[batchSize * length];
            for (int i = 0; i < batchSize; i++)
                array.Values.AsSpan((first + Math.Min(i, count - 1)) * length, length).CopyTo(numbers.AsSpan(i * length, length));
            values.Add(input.Name, TensorValues.Create(input.Name, input.Type, numbers, [batchSize, .. sampleShape]));
        }
        return values;
    }

    /// <summary>The sizes of a sample as the model wants them, which may have other dimensions than the data but as many numbers.</summary>
    private static long[] FitShape(ModelInput input, DataArray array, string data)
    {
        int[] wanted = [.. input.Shape.Skip(1)];
        long[] given = [.. array.SampleShape.Select(size => (long)size)];
        if (wanted.Length == given.Length && wanted.Zip(given).All(pair => pair.First < 0 || pair.First == pair.Second)) return given;

        // One free size follows from the others; images without channel, or flat ones, keep their numbers.
        long known = wanted.Where(size => size >= 0).Aggregate(1L, (product, size) => product * size), length = array.SampleLength;
        int free = wanted.Count(size => size < 0);
        if (free == 0 && known == length) return [.. wanted.Select(size => (long)size)];
        if (free == 1 && known > 0 && length % known == 0) return [.. wanted.Select(size => size < 0 ? length / known : size)];
        throw new InvalidInputException(
            $"The model's input {ErrorText.Printable(input.Name)} takes samples of {Text(wanted)}, but those of {data} are "
            + $"{(given.Length == 0 ? "single numbers" : string.Join("×", given))}; save them in the model's shape, a sample a row.");
    }

    private static string Text(int[] shape) => shape.Length == 0 ? "a single number" : string.Join("×", shape.Select(size => size < 0 ? "?" : $"{size}"));
}
