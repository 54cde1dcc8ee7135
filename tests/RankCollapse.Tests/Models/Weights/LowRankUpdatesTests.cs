using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Tests.Models.Weights;

public sealed class LowRankUpdatesTests
{
    private const string Module = "base_model.model.layers.0.q_proj";

    /// <summary>The factor of B·A that is applied; rank 4.</summary>
    [Theory]
    [InlineData("{\"lora_alpha\": 16}", "", true, 4)]
    [InlineData("{\"lora_alpha\": 16, \"use_rslora\": true}", "", true, 8)]
    [InlineData("{\"lora_alpha\": 16, \"alpha_pattern\": {\"v_proj\": 2, \"layers.0.q_proj\": 6}}", "", true, 1.5)]
    [InlineData("{\"lora_alpha\": 16, \"alpha_pattern\": {\"layers.1.q_proj\": 6, \"proj\": 8}}", "", true, 4)]
    [InlineData("{\"lora_alpha\": 16}", ".mine", true, 4)]
    [InlineData("", "", true, 0)]
    [InlineData("no JSON", "", true, 0)]
    [InlineData("{\"lora_alpha\": 2}", "", false, 0.5)]
    [InlineData("", "", false, 1)]
    public void Scale_IsThatOfTheSettings_AndSaidToBeUnknownWhereTheyAreNotThere(string settings, string adapter, bool hasWeights, double factor)
    {
        using var folder = new TemporaryFolder();
        if (settings.Length > 0) File.WriteAllText(folder.File("adapter_config.json"), settings);
        Matrix weights = Entries(6, 9, 1), down = Entries(4, 9, 2), up = Entries(6, 4, 3);
        SafetensorsWriter writer = new SafetensorsWriter().Add($"{Module}.lora_A{adapter}.weight", down).Add($"{Module}.lora_B{adapter}.weight", up);
        if (hasWeights) writer.Add($"{Module}.weight", weights);
        writer.Write(folder.File("model.safetensors"));
        using ModelTensors model = ModelFormats.Open(folder.File("model.safetensors"), out ModelFormat format);
        WeightLayer layer = Assert.Single(format.FindLayers(model).Layers);
        Assert.Equal(hasWeights ? $"{Module}.weight" : $"{Module}.weight[update]", layer.Name);
        Assert.Equal(settings.StartsWith('{'), !layer.Evidence.Contains("not known", StringComparison.Ordinal));
        double[] read = LayerMatrices.Read(model, layer), product = Product.Multiply(up, down).AsSpan().ToArray();
        for (int i = 0; i < read.Length; i++)
            Assert.Equal((hasWeights ? weights.AsSpan()[i] : 0) + (factor * product[i]), read[i], 1e-12);
    }

    private static Matrix Entries(int rows, int columns, int seed) => Matrix.FromEntries(rows, columns, (i, j) => Math.Sin((19 * i) + (7 * j) + seed));
}
