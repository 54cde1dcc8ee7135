using RankCollapse.Models.Compression;

namespace RankCollapse.Tests.Reporting;

/// <summary>Compressions as models give them, made by hand.</summary>
internal static class SampleCompressions
{
    /// <summary>A model of two layers, compressed to an accuracy.</summary>
    public static CompressionReport ToAccuracy(bool hasTest)
    {
        AccuracyChange On(string data, int right) => new(data, 1000, 950, right, 960 - right);
        return new CompressionReport
        {
            Model = "model.onnx",
            Output = "small.onnx",
            Rule = RankRule.Accuracy,
            Layers =
            [
                new CompressedLayer
                {
                    Name = "<b>bold",
                    Kind = "linear",
                    ShapeText = "9×9",
                    ParametersBefore = 81,
                    ParametersAfter = 36,
                    Rank = 2,
                    FullRank = 9,
                },
                new CompressedLayer { Name = "v", Kind = "linear", ShapeText = "2×9", ParametersBefore = 18, ParametersAfter = 18, Reason = "it is <small>" },
            ],
            ParametersBefore = 99,
            ParametersAfter = 54,
            WeightError = 0.1,
            HasTest = hasTest,
            Search = new AccuracySearch(0.005, On("data", 947), 12),
            Check = new CompressionCheck
            {
                Inputs = "others",
                SampleCount = 1000,
                Outputs = [new OutputDifference("y", 0.1, 1, 0.2)],
                Accuracy = On("others", 940),
            },
            Path = [.. Enumerable.Range(1, 4).Select(i => new PathPoint(
                18 + (i * 81 / 4), 1 - (i / 4.0), 1 - (i / 4.0), On("data", 200 + (i * 180)), hasTest ? On("others", 210 + (i * 180)) : null))],
            Latency = [new LatencyChange(1, 1, 0.002, 0.001, 0.5, 0.4, 0.6, 11)],
        };
    }

    /// <summary>A file without a graph, by the noise edge: nothing could be run, and names are long.</summary>
    public static CompressionReport OfWeights() => new()
    {
        Model = "pytorch_model-of-a-name-that-does-not-fit-into-a-column.safetensors",
        Output = "small.safetensors",
        Rule = RankRule.NoiseEdge,
        Layers =
        [
            .. Enumerable.Range(0, 12).Select(i => new CompressedLayer
            {
                Name = $"model.language_model.layers.{i}.self_attention.query_key_value_projection.weight",
                Kind = "linear",
                ShapeText = "4096×1024",
                ParametersBefore = 4_194_304,
                ParametersAfter = 51_200L * (i + 1),
                Rank = 10 * (i + 1),
                FullRank = 1024,
                WeightError = 0.9 / (i + 1),
                NoiseThreshold = 0.37,
            }),
            new CompressedLayer
            {
                Name = "embed_tokens.weight",
                Kind = "embedding",
                ShapeText = "30000×1024",
                ParametersBefore = 30_720_000,
                ParametersAfter = 30_720_000,
                Reason = "it is a table that rows are looked up in, by its name",
            },
        ],
        ParametersBefore = 81_051_648,
        ParametersAfter = 34_713_600,
        WeightError = 0.21,
        CheckReason = "The file holds no network that could be run.",
        Path = [.. Enumerable.Range(1, 14).Select(i => new PathPoint(31_000_000L + (i * 3_575_117L), 1 - (i / 14.0), null, null, null))],
    };
}
