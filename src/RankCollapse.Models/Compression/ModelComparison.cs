using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Features;
using RankCollapse.Models.Running;

namespace RankCollapse.Models.Compression;

/// <summary>Runs two models on the same inputs and compares their outputs.</summary>
internal static class ModelComparison
{
    /// <summary>Compares every output that holds real numbers.</summary>
    /// <param name="before">The model.</param>
    /// <param name="after">The changed model, with the same inputs and outputs.</param>
    /// <param name="data">The inputs, with labels where there are any.</param>
    /// <param name="output">The output that predicts classes; null takes the first with a place for each sample.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ComputationFailedException">An output of the changed model is not finite where the model's is.</exception>
    public static CompressionCheck Compare(OnnxSession before, OnnxSession after, ModelBatches data, string? output, CancellationToken cancellation)
    {
        ModelOutput[] outputs = [.. before.Outputs.Where(candidate => TensorValues.IsReadable(candidate.Type))];
        string[] names = [.. outputs.Select(candidate => candidate.Name)];
        if (outputs.Length == 0) throw new InvalidInputException("The model has no output with real numbers, so that the result cannot be checked.");
        var sums = new Sums[outputs.Length];
        int[] labels = data.Labels is null ? [] : [.. data.Labels.Distinct().Order()];
        int predicted = output is null ? -1 : Array.IndexOf(names, output), hitsBefore = 0, hitsAfter = 0;
        foreach (ModelBatch batch in data.Batches)
        {
            cancellation.ThrowIfCancellationRequested();
            using IDisposableReadOnlyCollection<OrtValue> left = batch.Run(before, names), right = batch.Run(after, names);
            for (int o = 0; o < names.Length; o++)
            {
                Matrix a = Read(left[o], outputs[o].Type, batch), b = Read(right[o], outputs[o].Type, batch);
                sums[o].Add(a, b, names[o]);
                bool isPrediction = a.Rows == batch.Count && a.Columns > 0 && labels.Length > 0 && (predicted == o || predicted < 0);
                if (!isPrediction) continue;
                predicted = o;
                for (int i = 0; i < batch.Count; i++)
                {
                    if (Prediction.Of(a.Row(i), labels) == data.Labels![batch.First + i]) hitsBefore++;
                    if (Prediction.Of(b.Row(i), labels) == data.Labels![batch.First + i]) hitsAfter++;
                }
            }
        }
        bool hasAccuracy = labels.Length > 0 && predicted >= 0;
        return new CompressionCheck
        {
            Inputs = data.Name,
            SampleCount = data.SampleCount,
            Outputs = [.. names.Select((name, o) => sums[o].ToDifference(name))],
            AccuracyBefore = hasAccuracy ? (double)hitsBefore / data.SampleCount : null,
            AccuracyAfter = hasAccuracy ? (double)hitsAfter / data.SampleCount : null,
        };
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
