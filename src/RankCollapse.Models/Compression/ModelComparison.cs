using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Features;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;

namespace RankCollapse.Models.Compression;

/// <summary>Runs two models on the same inputs and compares their outputs.</summary>
internal static class ModelComparison
{
    /// <summary>Compares every output that holds real numbers.</summary>
    /// <param name="graph">The model's graph.</param>
    /// <param name="before">The model.</param>
    /// <param name="after">The changed model, with the same inputs and outputs.</param>
    /// <param name="data">The inputs, with labels where there are any.</param>
    /// <param name="options">
    /// The output that predicts classes, where null takes the first with a place for each sample; the task; and what stops between batches.
    /// </param>
    /// <exception cref="ComputationFailedException">An output of the changed model is not finite where the model's is.</exception>
    public static CompressionCheck Compare(GraphProto graph, OnnxSession before, OnnxSession after, ModelBatches data, CompressionOptions options)
    {
        ModelOutput[] outputs = [.. before.Outputs.Where(candidate => TensorValues.IsReadable(candidate.Type))];
        string[] names = [.. outputs.Select(candidate => candidate.Name)];
        if (outputs.Length == 0) throw new InvalidInputException("The model has no output with real numbers, so that the result cannot be checked.");
        var sums = new Sums[outputs.Length];
        (int predicted, Prediction? prediction, string? whyNot) = Predicted(graph, before, data, options);
        int rightBefore = 0, rightAfter = 0, lost = 0;
        foreach (ModelBatch batch in data.Batches)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            using IDisposableReadOnlyCollection<OrtValue> left = batch.Run(before, names), right = batch.Run(after, names);
            for (int o = 0; o < names.Length; o++)
            {
                Matrix a = Read(left[o], outputs[o].Type, batch), b = Read(right[o], outputs[o].Type, batch);
                sums[o].Add(a, b, names[o]);
                for (int i = 0; i < batch.Count && o == predicted && prediction is not null; i++)
                {
                    int label = data.Labels![batch.First + i];
                    bool wasRight = prediction.Label(a.Row(i)) == label, isRight = prediction.Label(b.Row(i)) == label;
                    if (wasRight) rightBefore++;
                    if (isRight) rightAfter++;
                    if (wasRight && !isRight) lost++;
                }
            }
        }
        return new CompressionCheck
        {
            Inputs = data.Name,
            SampleCount = data.SampleCount,
            Outputs = [.. names.Select((name, o) => sums[o].ToDifference(name))],
            Accuracy = prediction is null ? null : new AccuracyChange(data.Name, data.SampleCount, rightBefore, rightAfter, lost),
            AccuracyReason = whyNot,
        };
    }

    /// <summary>The samples with the output that is looked at, to try factors on.</summary>
    /// <param name="graph">The model's graph.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The samples in an order, where null leaves them as they are.</param>
    /// <param name="session">Makes a session of the model with factors.</param>
    /// <param name="options">The output, the task, and what stops between batches.</param>
    public static TrialSamples Trials(
        GraphProto graph, OnnxSession model, Func<int[]?, ModelBatches> data, Func<IReadOnlyDictionary<string, LayerFactors>, OnnxSession> session,
        CompressionOptions options)
    {
        ModelBatches natural = data(null);
        (int predicted, Prediction? prediction, string? reason) = Predicted(graph, model, natural, options);
        ModelOutput[] outputs = [.. model.Outputs.Where(candidate => TensorValues.IsReadable(candidate.Type))];
        ModelOutput output = outputs[Math.Max(0, predicted)];
        return new TrialSamples(natural.Name, natural.Labels, prediction, reason ?? (natural.Labels is null ? "The data have no labels." : null), order =>
        {
            ModelBatches batches = order is null ? natural : data(order);
            return factors => Run(batches, factors);
        });

        IEnumerable<Matrix> Run(ModelBatches batches, IReadOnlyDictionary<string, LayerFactors> factors)
        {
            using OnnxSession runs = session(factors);
            foreach (ModelBatch batch in batches.Batches)
            {
                using IDisposableReadOnlyCollection<OrtValue> results = batch.Run(runs, [output.Name]);
                yield return Read(results[0], output.Type, batch);
            }
        }
    }

    /// <summary>The place of the output that predicts among the readable ones, −1 for none, and what it predicts of labels, or why nothing.</summary>
    private static (int Output, Prediction? Prediction, string? Reason) Predicted(
        GraphProto graph, OnnxSession model, ModelBatches data, CompressionOptions options)
    {
        ModelOutput[] outputs = [.. model.Outputs.Where(candidate => TensorValues.IsReadable(candidate.Type))];
        int[] labels = data.Labels is null ? [] : [.. data.Labels.Distinct().Order()];
        int predicted = options.Output is null ? -1 : Array.FindIndex(outputs, candidate => candidate.Name == options.Output);
        if (labels.Length == 0) return (predicted, null, null);
        ModelBatch batch = data.Batches[0];
        using IDisposableReadOnlyCollection<OrtValue> values = batch.Run(model, [.. outputs.Select(candidate => candidate.Name)]);
        long[][] shapes = [.. values.Select(value => value.GetTensorTypeAndShape().Shape)];
        bool IsPerSample(int o) => shapes[o] is [var first, ..] && first == batch.Size;
        if (predicted < 0) predicted = Array.FindIndex([.. Enumerable.Range(0, shapes.Length)], IsPerSample);
        if (predicted < 0) return (predicted, null, "No output has a place for each sample.");
        var prediction = Prediction.Of(
            options.Task, IsPerSample(predicted) ? shapes[predicted][1..] : null, OnnxFile.IsProbability(graph, outputs[predicted].Name), labels,
            out string? reason);
        return (predicted, prediction, reason);
    }

    /// <summary>
    /// The layers that no output of the model depends on, on the first of some inputs: with 0 in place of their weights every output stays as it is, to single
    /// precision. What compressing them changes cannot be seen there.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="session">Makes a session of a model.</param>
    /// <param name="weights">The weights, by name.</param>
    /// <param name="data">The inputs.</param>
    /// <param name="cancellation">Stops between layers.</param>
    public static IReadOnlyList<string> Unseen(
        ModelProto model, Func<ModelProto, OnnxSession> session, IEnumerable<(string Name, double[] Values)> weights, ModelBatches data,
        CancellationToken cancellation)
    {
        var given = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        try
        {
            ModelProto probe = model.Clone();
            var shapes = new Dictionary<string, (long[] Shape, int Type)>(StringComparer.Ordinal);
            foreach ((string layer, double[] values) in weights)
            {
                // Weights become inputs, so that one session will do for all.
                TensorProto tensor = GraphFactors.MakeInput(probe.Graph, layer);
                long[] shape = [.. tensor.Dims];
                shapes.Add(layer, (shape, tensor.DataType));
                given.Add(layer, Create(layer, values, shape, tensor.DataType));
            }
            using OnnxSession runs = session(probe);
            ModelOutput[] outputs = [.. runs.Outputs.Where(candidate => TensorValues.IsReadable(candidate.Type))];
            string[] names = [.. outputs.Select(candidate => candidate.Name)];
            ModelBatch batch = data.Batches[0];
            using IDisposableReadOnlyCollection<OrtValue> whole = batch.Run(runs, names, given);
            var unseen = new List<string>();
            foreach (string layer in given.Keys.ToArray())
            {
                cancellation.ThrowIfCancellationRequested();
                (long[] shape, int type) = shapes[layer];
                using OrtValue zero = Create(layer, new double[shape.Aggregate(1L, (product, size) => product * size)], shape, type);
                var changed = new Dictionary<string, OrtValue>(given) { [layer] = zero };
                using IDisposableReadOnlyCollection<OrtValue> without = batch.Run(runs, names, changed);
                bool isSeen = Enumerable.Range(0, names.Length).Any(o => Differ(whole[o], without[o], outputs[o].Type, batch));
                if (!isSeen) unseen.Add(layer);
            }
            return unseen;
        }
        finally
        {
            foreach (OrtValue value in given.Values) value.Dispose();
        }
    }

    /// <summary>A tensor of one of the format's types, whose numbers are those of the runtime.</summary>
    private static OrtValue Create(string name, double[] values, long[] shape, int type) => TensorValues.Create(name, (TensorElementType)type, values, shape);

    private static bool Differ(OrtValue a, OrtValue b, TensorElementType type, ModelBatch batch)
    {
        const double Rounding = 1e-7;
        Matrix x = Read(a, type, batch), y = Read(b, type, batch);
        if (x.Length != y.Length) return true;
        double norm = Reduction.Norm(x.AsSpan());
        return !(Reduction.Distance(x.AsSpan(), y.AsSpan()) <= Rounding * norm);
    }

    /// <summary>A sample a row where the first size is the batch's, without those that fill a fixed batch; otherwise all numbers in one row.</summary>
    private static Matrix Read(OrtValue value, TensorElementType type, ModelBatch batch)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        bool isPerSample = info.Shape.Length > 0 && info.Shape[0] == batch.Size;
        int columns = (int)(isPerSample ? info.ElementCount / batch.Size : info.ElementCount);
        var rows = new Matrix(isPerSample ? batch.Count : 1, columns);
        TensorValues.Read(value, type, rows);
        return rows;
    }

    private record struct Sums(double Difference, double Norm, double Largest)
    {
        public void Add(Matrix a, Matrix b, string name)
        {
            if (a.Length != b.Length)
                throw new ComputationFailedException(
                    $"The output {ErrorText.Printable(name)} has {a.Length} numbers before and {b.Length} after; this is a fault of the program.");
            ReadOnlySpan<double> x = a.AsSpan(), y = b.AsSpan();
            for (int i = 0; i < x.Length; i++)
            {
                if (!double.IsFinite(x[i])) continue;
                if (!double.IsFinite(y[i]))
                    throw new ComputationFailedException(
                        $"The compressed model gives {y[i]} in its output {ErrorText.Printable(name)}, where the model gives {x[i]}; choose higher ranks.");
                double difference = y[i] - x[i];
                Difference += difference * difference;
                Norm += x[i] * x[i];
                Largest = Math.Max(Largest, Math.Abs(difference));
            }
        }

        public readonly OutputDifference ToDifference(string name) => new(name, Norm > 0 ? Math.Sqrt(Difference / Norm) : 0, Math.Sqrt(Difference), Largest);
    }
}
