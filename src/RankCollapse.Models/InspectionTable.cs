using Parquet;
using Parquet.Schema;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Models.Features;

namespace RankCollapse.Models;

/// <summary>
/// An inspection as a tidy Parquet table: layer, kind, metric (strings), index (int32, 0 but for singular values, which count from 1) and value (double).
/// Metrics have the keys of <see cref="MetricTable"/>, singular values the metric <c>singularValue</c>, features <c>features.</c> before their keys; what does
/// not exist has no row.
/// </summary>
public static class InspectionTable
{
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
        byte[] content = PackAsync([.. Rows(inspection)]).GetAwaiter().GetResult();
        AtomicFile.Write(path, content);
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

    private static async Task<byte[]> PackAsync((string Layer, string Kind, string Metric, int Index, double Value)[] rows)
    {
        using var buffer = new MemoryStream();
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(Layer, Kind, Metric, Index, Value), buffer))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(Layer, Array.ConvertAll(rows, row => row.Layer));
            await group.WriteAsync(Kind, Array.ConvertAll(rows, row => row.Kind));
            await group.WriteAsync(Metric, Array.ConvertAll(rows, row => row.Metric));
            await group.WriteAsync<int>(Index, Array.ConvertAll(rows, row => row.Index));
            await group.WriteAsync<double>(Value, Array.ConvertAll(rows, row => row.Value));
            group.CompleteValidate();
        }
        return buffer.ToArray();
    }
}
