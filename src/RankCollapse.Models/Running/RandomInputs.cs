using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Onnx;

namespace RankCollapse.Models.Running;

/// <summary>
/// Inputs that a model accepts, where no data is given: standard normal numbers, rows of the tables that whole numbers choose from, and where sizes are free
/// several that the model runs with. A sequence or an image of one place is the last resort: what relates places to each other is constant there.
/// </summary>
internal sealed class RandomInputs
{
    private const int BatchCount = 4;
    private const int FreeBatch = 2;
    private const double MostNumbers = 1e8;

    /// <summary>What free sizes are tried with, one for each batch: sequences, images, larger images, long sequences, and one place.</summary>
    private static readonly int[][] Families = [[8, 11, 16, 32], [64, 96, 128, 160], [224, 256, 320, 384], [512, 512, 512, 512], [1, 1, 1, 1]];

    private readonly OnnxSession _session;
    private readonly long _seed;
    private readonly Dictionary<string, int> _choices;

    private RandomInputs(OnnxSession session, GraphProto graph, long seed)
    {
        (_session, _seed) = (session, seed);
        _choices = session.Inputs.Where(input => !TensorValues.IsReadable(input.Type)).ToDictionary(input => input.Name, input => Choices(graph, input));
    }

    /// <summary>Draws inputs in the shapes that the model declares.</summary>
    /// <param name="session">The model.</param>
    /// <param name="graph">Its graph, which tells what whole numbers choose from.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="InvalidInputException">The model does not run on any that were tried.</exception>
    public static ModelBatches For(OnnxSession session, GraphProto graph, long seed) => new RandomInputs(session, graph, seed).Find();

    private ModelBatches Find()
    {
        bool hasFreeSizes = _session.Inputs.Any(input => input.Shape.Skip(1).Any(size => size < 0)), hasImages = _session.Inputs.Any(IsImage);
        int[][] families = !hasFreeSizes ? Families[..1] : hasImages ? [Families[1], Families[2], Families[0], .. Families[3..]] : Families;
        string problem = "";
        foreach (int channels in hasImages ? (int[])[3, 1] : [3])
            foreach (int[] family in families)
            {
                if (Problem(0, family[0], channels) is { } found)
                {
                    problem = found;
                    continue;
                }
                int[] sizes = [.. family.Select((size, b) => b == 0 || (hasFreeSizes && Problem(b, size, channels) is null) ? size : family[0])];
                string free = hasFreeSizes ? $", free sizes {string.Join(", ", sizes.Distinct())}" : "";
                return new ModelBatches
                {
                    Name = $"random inputs (standard normal, seed {_seed}{free})",
                    SampleCount = BatchCount * FreeBatch,
                    Batches = [.. sizes.Select((size, b) => Batch(b, size, channels))],
                };
            }
        throw new InvalidInputException(
            $"No inputs were found that the model runs on, so that the result could not be checked; give some as data. {problem}")
        { Settings = ["data"] };
    }

    /// <summary>Why the model does not run on a batch; null where it does.</summary>
    private string? Problem(int batch, int size, int channels)
    {
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results =
                Batch(batch, size, channels).Run(_session, [.. _session.Outputs.Select(output => output.Name)]);
            return null;
        }
        catch (InvalidInputException e)
        {
            return e.Message;
        }
    }

    private ModelBatch Batch(int batch, int size, int channels) =>
        new(FreeBatch * batch, FreeBatch, FreeBatch, () => Draw(batch, size, channels));

    private Dictionary<string, OrtValue> Draw(int batch, int freeSize, int channels)
    {
        var drawn = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        for (int i = 0; i < _session.Inputs.Count; i++)
        {
            ModelInput input = _session.Inputs[i];
            long[] shape = [.. input.Shape.Select((size, axis) =>
                size >= 0 ? (long)size : axis == 0 ? FreeBatch : axis == 1 && IsImage(input) ? channels : freeSize)];
            double length = shape.Aggregate(1.0, (product, size) => product * size);
            if (length > MostNumbers)
                throw new InvalidInputException(
                    $"The model's input {ErrorText.Printable(input.Name)} takes {string.Join("×", shape)} numbers, too many for a check.");
            var stream = new RandomStream(_seed, RandomPurpose.Sampling, 4000 + (BatchCount * i) + batch);
            var values = new double[(int)length];
            int choices = _choices.GetValueOrDefault(input.Name);
            for (int j = 0; j < values.Length; j++)
                values[j] = choices == 0 ? stream.NextGaussian() : choices == 1 || shape.Length == 0 ? 1 : stream.NextInteger(choices);
            drawn.Add(input.Name, TensorValues.Create(input.Name, input.Type, values, shape));
        }
        return drawn;
    }

    /// <summary>Whether an input is images of any height and width, with the channels first.</summary>
    private static bool IsImage(ModelInput input) => input.Shape.Count == 4 && input.Shape.Skip(2).All(size => size < 0);

    /// <summary>Of how many whole numbers is drawn: the rows of the smallest table that they choose from, or two; one for a mask, which is all 1.</summary>
    private static int Choices(GraphProto graph, ModelInput input)
    {
        if (input.Type == TensorElementType.Bool || input.Name.Contains("mask", StringComparison.OrdinalIgnoreCase)) return 1;
        var tables = graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var forms = new HashSet<string>(StringComparer.Ordinal) { input.Name };
        long rows = long.MaxValue;
        foreach (NodeProto node in graph.Node)
        {
            if (node.Input.Count == 0) continue;
            bool isForm = node.OpType is "Cast" or "Identity" or "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten";
            if (isForm && forms.Contains(node.Input[0])) forms.UnionWith(node.Output);
            bool chooses = node.OpType == "Gather" && node.Input.Count > 1 && forms.Contains(node.Input[1]);
            if (chooses && tables.TryGetValue(node.Input[0], out TensorProto? table) && table.Dims.Count > 0) rows = Math.Min(rows, table.Dims[0]);
        }
        return rows == long.MaxValue ? 2 : (int)Math.Clamp(rows, 1, int.MaxValue);
    }
}
