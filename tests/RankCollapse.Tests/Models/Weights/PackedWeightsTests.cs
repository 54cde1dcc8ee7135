using System.Text;
using RankCollapse.Formats;
using RankCollapse.Models;
using RankCollapse.Models.Compression;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Tests.Models.Weights;

/// <summary>Files are packed here code by code, bit by bit, as the programs that the formats come from pack them.</summary>
public sealed class PackedWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("nf4", 6, 10, 16, 0, "U8")]
    [InlineData("fp4", 5, 7, 8, 0, "U8")]
    [InlineData("nf4", 8, 12, 8, 4, "U8")]
    [InlineData("nf4", 4, 8, 16, 0, "BF16")]
    public void FourBitsOfBitsandbytes_AreTheMapTimesTheBlocksLargestNumber(string kind, int rows, int columns, int block, int nested, string storage)
    {
        int count = rows * columns, blocks = (count + block - 1) / block;
        int[] codes = Codes(count + (count % 2), 16);
        float[] map = [.. Enumerable.Range(0, 16).Select(i => (float)Math.Sin(i))], table = [.. Enumerable.Range(0, 256).Select(i => (float)Math.Cos(i))];
        float[] largest = [.. Enumerable.Range(0, blocks).Select(i => 0.25f + i)], outer = [.. Enumerable.Range(0, blocks).Select(i => 0.5f + (0.1f * i))];
        int[] own = Codes(blocks, 256);
        byte[] packed = [.. codes.Chunk(2).Select(pair => (byte)((pair[0] << 4) | pair[1]))];
        string json = $"{{\"quant_type\":\"{kind}\",\"blocksize\":{block},\"dtype\":\"float16\",\"shape\":[{rows},{columns}]"
            + (nested > 0 ? $",\"nested_blocksize\":{nested},\"nested_offset\":2.5}}" : "}");
        byte[] state = Encoding.UTF8.GetBytes(json);
        var writer = new SafetensorsWriter();
        Add(writer, "fc.weight", Enum.Parse<ElementType>(storage), packed, storage == "U8" ? packed.Length : packed.Length / 2, 1);
        if (nested == 0) Add(writer, "fc.weight.absmax", ElementType.F32, ModelBytes.Bytes(largest), blocks);
        else
        {
            int nestedBlocks = (blocks + nested - 1) / nested;
            Add(writer, "fc.weight.absmax", ElementType.U8, [.. own.Select(code => (byte)code)], blocks);
            Add(writer, "fc.weight.nested_absmax", ElementType.F32, ModelBytes.Bytes(outer[..nestedBlocks]), nestedBlocks);
            Add(writer, "fc.weight.nested_quant_map", ElementType.F32, ModelBytes.Bytes(table), 256);
        }
        Add(writer, "fc.weight.quant_map", ElementType.F32, ModelBytes.Bytes(map), 16);
        Add(writer, $"fc.weight.quant_state.bitsandbytes__{kind}", ElementType.U8, state, state.Length);
        Check(writer, "fc.weight", [rows, columns], i =>
            (double)map[codes[i]] * (nested == 0 ? largest[i / block] : ((double)table[own[i / block]] * outer[i / block / nested]) + 2.5));
    }

    [Theory]
    [InlineData(4, false, false)]
    [InlineData(8, false, false)]
    [InlineData(3, false, false)]
    [InlineData(4, true, false)]
    [InlineData(8, true, true)]
    public void Gptq_IsScaleTimesCodeLessZero_AndStoresOneLessBeforeVersionTwo(int bits, bool isOrdered, bool isLater)
    {
        const int Inputs = 64, Outputs = 32, Groups = 4;
        int[] codes = Codes(Inputs * Outputs, 1 << bits), zeros = Codes(Groups * Outputs, 1 << bits);
        float[] scales = [.. Enumerable.Range(0, Groups * Outputs).Select(i => 0.01f * (i + 1))];
        int[] group = [.. Enumerable.Range(0, Inputs).Select(i => isOrdered ? i * 7 % Groups : i / (Inputs / Groups))];
        var writer = new SafetensorsWriter();
        // Codes run down the inputs: a column for each output.
        uint[][] columns = [.. Enumerable.Range(0, Outputs).Select(o => Words(Enumerable.Range(0, Inputs).Select(i => codes[(i * Outputs) + o]), bits))];
        int down = columns[0].Length;
        Add(writer, "q.qweight", ElementType.I32, Bytes(Enumerable.Range(0, down).SelectMany(r => columns.Select(column => column[r]))), down, Outputs);
        uint[] stored = [.. Enumerable.Range(0, Groups).SelectMany(g => Words(
            zeros.Skip(g * Outputs).Take(Outputs).Select(zero => isLater ? zero : (zero + (1 << bits) - 1) % (1 << bits)), bits))];
        Add(writer, "q.qzeros", ElementType.I32, Bytes(stored), Groups, stored.Length / Groups);
        Add(writer, "q.scales", ElementType.F32, ModelBytes.Bytes(scales), Groups, Outputs);
        if (isOrdered) Add(writer, "q.g_idx", ElementType.I32, Bytes(group.Select(g => (uint)g)), Inputs);
        if (isLater) File.WriteAllText(_folder.File("config.json"), "{\"quantization_config\": {\"checkpoint_format\": \"gptq_v2\"}}");
        Check(writer, "q.weight", [Outputs, Inputs], at =>
        {
            (int output, int input) = (at / Inputs, at % Inputs);
            return (double)scales[(group[input] * Outputs) + output] * (codes[(input * Outputs) + output] - zeros[(group[input] * Outputs) + output]);
        });
    }

    [Fact]
    public void Awq_InterleavesItsOutputs()
    {
        const int Inputs = 16, Outputs = 24, Groups = 2;
        int[] places = [0, 2, 4, 6, 1, 3, 5, 7], codes = Codes(Inputs * Outputs, 16), zeros = Codes(Groups * Outputs, 16);
        float[] scales = [.. Enumerable.Range(0, Groups * Outputs).Select(i => 0.01f * (i + 1))];
        IEnumerable<uint> Pack(int[] of) => of.Chunk(8).Select(eight => Words(places.Select(place => eight[place]), 4)[0]);
        var writer = new SafetensorsWriter();
        Add(writer, "q.qweight", ElementType.I32, Bytes(Pack(codes)), Inputs, Outputs / 8);
        Add(writer, "q.qzeros", ElementType.I32, Bytes(Pack(zeros)), Groups, Outputs / 8);
        Add(writer, "q.scales", ElementType.F32, ModelBytes.Bytes(scales), Groups, Outputs);
        Check(writer, "q.weight", [Outputs, Inputs], at =>
        {
            (int output, int input) = (at / Inputs, at % Inputs);
            int place = (input / (Inputs / Groups) * Outputs) + output;
            return (double)scales[place] * (codes[(input * Outputs) + output] - zeros[place]);
        });
    }

    [Theory]
    [InlineData(4, 64, 128, true)]
    [InlineData(8, 32, 64, true)]
    [InlineData(3, 64, 64, true)]
    [InlineData(8, 128, 128, false)]
    [InlineData(5, 32, 64, false)]
    public void Mlx_IsScaleTimesCodePlusBias(int bits, int group, int inputs, bool hasSettings)
    {
        const int Outputs = 6;
        if (hasSettings) File.WriteAllText(_folder.File("config.json"), $"{{\"quantization\": {{\"bits\": {bits}, \"group_size\": {group}}}}}");
        Check(Mlx(bits, group, inputs, out int[] codes, out float[] scales), "mlp.up.weight", [Outputs, inputs],
            at => ((double)scales[at / group] * codes[at]) - scales[at / group]);
    }

    [Fact]
    public void Mlx_WhereNothingSaysHowManyBits_IsListed()
    {
        Mlx(4, 64, 128, out _, out _).Write(_folder.File("model.safetensors"));
        using ModelTensors model = ModelFormats.Open(_folder.File("model.safetensors"), out ModelFormat format);
        LayersFound found = format.FindLayers(model);
        Assert.Empty(found.Layers);
        Assert.Contains(found.Skipped, tensor => tensor.Reason.Contains("4 bits in groups of 64 or 2 bits in groups of 128", StringComparison.Ordinal));
    }

    [Fact]
    public void MicroscalingBlocks_AreFloatsOfFourBitsTimesAPowerOfTwo()
    {
        double[] floats = [0, 0.5, 1, 1.5, 2, 3, 4, 6];
        int[] codes = Codes(2 * 3 * 64, 16);
        var writer = new SafetensorsWriter();
        Add(writer, "mlp1_weight.blocks", ElementType.U8, [.. codes.Chunk(2).Select(pair => (byte)(pair[0] | (pair[1] << 4)))], 2, 3, 2, 16);
        Add(writer, "mlp1_weight.scales", ElementType.U8, [.. Enumerable.Range(120, 12).Select(scale => (byte)scale)], 2, 3, 2);
        Check(writer, "mlp1_weight", [2, 3, 64], at => (codes[at] < 8 ? 1 : -1) * floats[codes[at] % 8] * Math.Pow(2, (at / 32) + 120 - 127));
    }

    [Fact]
    public void PackedWeights_AreNotCompressed_AndNeitherAreTheirScales()
    {
        File.WriteAllText(_folder.File("config.json"), "{\"quantization\": {\"bits\": 4, \"group_size\": 64}}");
        Mlx(4, 64, 128, out _, out _).Write(_folder.File("model.safetensors"));
        CompressionReport report = ModelCompression.Run(_folder.File("model.safetensors"), _folder.File("small.safetensors"), new CompressionOptions());
        CompressedLayer layer = Assert.Single(report.Layers);
        Assert.Null(report.Output);
        Assert.Contains("made of other tensors", layer.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("small.safetensors")));
    }

    public void Dispose() => _folder.Dispose();

    private void Check(SafetensorsWriter writer, string name, long[] shape, Func<int, double> weight)
    {
        writer.Write(_folder.File("model.safetensors"));
        using ModelTensors model = ModelFormats.Open(_folder.File("model.safetensors"), out ModelFormat format);
        LayersFound found = format.FindLayers(model);
        WeightLayer layer = Assert.Single(found.Layers);
        Assert.Equal((name, LayerKind.Linear, WeightLayout.OutputFirst), (layer.Name, layer.Kind, layer.Layout));
        Assert.Equal(shape, layer.Tensor.Shape);
        double[] read = LayerMatrices.Read(model, layer);
        for (int i = 0; i < read.Length; i++) Assert.Equal(weight(i), read[i], 1e-12);
        Assert.All(found.Skipped, tensor => Assert.Contains("applied to", tensor.Reason, StringComparison.Ordinal));
    }

    private static SafetensorsWriter Mlx(int bits, int group, int inputs, out int[] codes, out float[] scales)
    {
        const int Outputs = 6;
        int[] all = codes = Codes(Outputs * inputs, 1 << bits);
        scales = [.. Enumerable.Range(0, Outputs * inputs / group).Select(i => 0.01f * (i + 1))];
        uint[] words = [.. Enumerable.Range(0, Outputs).SelectMany(row => Words(all.Skip(row * inputs).Take(inputs), bits))];
        var writer = new SafetensorsWriter();
        Add(writer, "mlp.up.weight", ElementType.U32, Bytes(words), Outputs, words.Length / Outputs);
        Add(writer, "mlp.up.scales", ElementType.F32, ModelBytes.Bytes(scales), Outputs, inputs / group);
        Add(writer, "mlp.up.biases", ElementType.F32, ModelBytes.Bytes(Array.ConvertAll(scales, scale => -scale)), Outputs, inputs / group);
        return writer;
    }

    private static int[] Codes(int count, int top) => [.. Enumerable.Range(0, count).Select(i => (int)(Math.Abs(Math.Sin((13 * i) + 5)) * 9973) % top)];

    /// <summary>Codes as one run of bits, the lowest first, in numbers of 32 bits.</summary>
    private static uint[] Words(IEnumerable<int> codes, int bits)
    {
        bool[] run = [.. codes.SelectMany(code => Enumerable.Range(0, bits).Select(bit => ((code >> bit) & 1) == 1))];
        return [.. run.Chunk(32).Select(word => word.Select((isSet, bit) => isSet ? 1u << bit : 0).Aggregate(0u, (a, b) => a | b))];
    }

    private static byte[] Bytes(IEnumerable<uint> words) => [.. words.SelectMany(BitConverter.GetBytes)];

    private static void Add(SafetensorsWriter writer, string name, ElementType type, byte[] bytes, params long[] shape) =>
        writer.Add(name, type, shape, stream => stream.Write(bytes));
}
