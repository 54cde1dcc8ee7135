using Parquet;
using Parquet.Schema;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Models.Comparison;
using RankCollapse.Models.Features;

namespace RankCollapse.Models;

/// <summary>
/// An inspection as a tidy Parquet table: layer, kind, metric (strings), index (int32, 0 but for singular values, which count from 1) and value (double);
/// for features by epochs the epoch (int64) before them.
/// Metrics have the keys of <see cref="MetricTable"/>, singular values the metric <c>singularValue</c>, features <c>features.</c> before their keys; means over
/// the layers have an empty layer and the kind Model; what does not exist has no row.
/// </summary>
public static class InspectionTable
{
    private static readonly DataField<long> Epoch = new("epoch");
    private static readonly DataField Layer = new("layer", typeof(string), isNullable: false);
    private static readonly DataField Kind = new("kind", typeof(string), isNullable: false);
    private static readonly DataField Metric = new("metric", typeof(string), isNullable: false);
    private static readonly DataField<int> Index = new("index");
    private static readonly DataField<double> Value = new("value");

    /// <summary>Writes the table, whole or not at all.</summary>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, Inspection inspection)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        byte[] content = inspection.Epochs.Count == 0
            ? PackAsync([.. Rows(inspection).Select(row => (-1L, row))], hasEpochs: false).GetAwaiter().GetResult()
            : PackAsync([.. inspection.Epochs.SelectMany(OfEpoch)], hasEpochs: true).GetAwaiter().GetResult();
        AtomicFile.Write(path, content);
    }

    /// <summary>
    /// Writes what changed between two models, whole or not at all: singular values of ΔW, principal angles as <c>leftAngle</c> and <c>rightAngle</c> in
    /// radians over all blocks, and for tensors that are no layers their <c>changeNorm</c> and <c>relativeChange</c> with the kind Tensor.
    /// </summary>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, ModelChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        AtomicFile.Write(path, PackAsync([.. Rows(change).Select(row => (-1L, row))], hasEpochs: false).GetAwaiter().GetResult());
    }

    private static IEnumerable<(string Layer, string Kind, string Metric, int Index, double Value)> Rows(ModelChange change)
    {
        IReadOnlyList<Metric> metrics = change.Metrics();
        foreach (ChangedLayer layer in change.Layers)
        {
            string name = layer.Layer.Name, kind = layer.Layer.Kind.ToString();
            foreach (Metric metric in metrics)
            {
                if (layer.Number(metric) is { } value) yield return (name, kind, metric.Key, 0, value);
            }
            (string Key, double[] Values)[] lists =
            [
                ("singularValue", [.. layer.Measured.Spectrum.SingularValues]),
                ("leftAngle", [.. layer.Measured.Subspaces.SelectMany(block => block.LeftAngles)]),
                ("rightAngle", [.. layer.Measured.Subspaces.SelectMany(block => block.RightAngles)]),
            ];
            foreach ((string key, double[] values) in lists)
            {
                for (int i = 0; i < values.Length; i++) yield return (name, kind, key, i + 1, values[i]);
            }
        }
        foreach (ChangedTensor tensor in change.Others)
        {
            yield return (tensor.Name, "Tensor", "changeNorm", 0, tensor.ChangeNorm);
            if (tensor.RelativeChange is { } relative) yield return (tensor.Name, "Tensor", "relativeChange", 0, relative);
        }
    }

    private static IEnumerable<(long Epoch, (string Layer, string Kind, string Metric, int Index, double Value) Row)> OfEpoch(FeatureEpoch epoch)
    {
        foreach ((LayerFeatures features, FeatureMetrics metrics) in epoch.Features.ToLayerFeatures().Zip(epoch.Features.Layers))
        {
            foreach (var row in OfFeatures(features, "Value")) yield return (epoch.Epoch, row);
            IReadOnlyList<double> values = metrics.Spectrum.SingularValues;
            for (int i = 0; i < values.Count; i++) yield return (epoch.Epoch, (features.Layer, "Value", "features.singularValue", i + 1, values[i]));
        }
    }

    private static IEnumerable<(string Layer, string Kind, string Metric, int Index, double Value)> Rows(Inspection inspection)
    {
        IReadOnlyList<Metric> metrics = inspection.WeightMetrics();
        foreach (InspectedLayer layer in inspection.Layers)
        {
            string name = layer.Layer.Name, kind = layer.Layer.Kind.ToString();
            foreach (Metric metric in metrics)
            {
                if (inspection.Number(layer, metric) is { } value) yield return (name, kind, metric.Key, 0, value);
            }
            for (int i = 0; i < layer.Spectrum.SingularValues.Count; i++) yield return (name, kind, "singularValue", i + 1, layer.Spectrum.SingularValues[i]);
            foreach (var row in OfFeatures(layer.Features, kind)) yield return row;
        }
        foreach ((Metric metric, (double mean, _)) in inspection.Summary.Means) yield return ("", "Model", metric.Key, 0, mean);
        foreach (LayerFeatures features in inspection.OtherFeatures)
        {
            foreach (var row in OfFeatures(features, "Value")) yield return row;
        }
    }

    private static IEnumerable<(string Layer, string Kind, string Metric, int Index, double Value)> OfFeatures(LayerFeatures? features, string kind)
    {
        foreach ((string key, double? value) in features?.Metrics ?? new Dictionary<string, double?>())
        {
            if (value is { } number) yield return (features!.Layer, kind, $"features.{key}", 0, number);
        }
    }

    private static async Task<byte[]> PackAsync(
        (long Epoch, (string Layer, string Kind, string Metric, int Index, double Value) Row)[] rows, bool hasEpochs)
    {
        Field[] fields = [Layer, Kind, Metric, Index, Value];
        using var buffer = new MemoryStream();
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(hasEpochs ? [Epoch, .. fields] : fields), buffer))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            if (hasEpochs) await group.WriteAsync<long>(Epoch, Array.ConvertAll(rows, row => row.Epoch));
            await group.WriteAsync(Layer, Array.ConvertAll(rows, row => row.Row.Layer));
            await group.WriteAsync(Kind, Array.ConvertAll(rows, row => row.Row.Kind));
            await group.WriteAsync(Metric, Array.ConvertAll(rows, row => row.Row.Metric));
            await group.WriteAsync<int>(Index, Array.ConvertAll(rows, row => row.Row.Index));
            await group.WriteAsync<double>(Value, Array.ConvertAll(rows, row => row.Row.Value));
            group.CompleteValidate();
        }
        return buffer.ToArray();
    }
}
