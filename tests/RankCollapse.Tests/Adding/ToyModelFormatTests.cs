using System.Globalization;
using System.Text.Json;
using RankCollapse.Formats;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.Adding;

/// <summary>A format of models is one type, registered by one line: help, errors, <c>inspect</c> and <c>compress</c> know it then.</summary>
public sealed class ToyModelFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IDisposable _registration = ModelFormats.All.Register(new ToyFormat());

    public void Dispose()
    {
        _registration.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Inspect_MeasuresAModelOfTheFormat()
    {
        CommandLine line = CommandLine.Run("inspect", Write(), "--json");
        Assert.Equal(0, line.ExitCode);
        JsonElement document = JsonDocument.Parse(line.Output).RootElement;
        Assert.Equal("toy", document.GetProperty("format").GetString());
        JsonElement layer = Assert.Single(document.GetProperty("layers").EnumerateArray());
        Assert.Equal(["3.000", "2.000"],
            layer.GetProperty("singularValues").EnumerateArray().Select(value => value.GetDouble().ToString("F3", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Inspect_FindsTheFormatInAFolder()
    {
        Write();
        Assert.Equal(0, CommandLine.Run("inspect", _folder.Root).ExitCode);
    }

    [Fact]
    public void Compress_WritesAModelOfTheFormat_AsItSays()
    {
        CommandLine line = CommandLine.Run("compress", Write(), "--out", _folder.File("small.onnx"));
        Assert.Equal(2, line.ExitCode);
        Assert.Contains("models of the format toy are written as .safetensors; choose another --out", line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("compress")]
    public void Help_ListsTheFormat(string verb) =>
        Assert.Contains("a toy of numbers", CommandLine.Run(verb, "--help").Output.ReplaceLineEndings(" "), StringComparison.Ordinal);

    [Fact]
    public void ErrorForAnUnknownFile_ListsTheFormat()
    {
        CommandLine line = CommandLine.Run("inspect", _folder.Write("model.unknown", [1, 2, 3]));
        Assert.Equal(2, line.ExitCode);
        Assert.Contains("a toy of numbers", line.Error, StringComparison.Ordinal);
    }

    private string Write() => _folder.Write("model.toy", "2 0 0 3"u8.ToArray());

    /// <summary>A matrix of two rows, as text.</summary>
    private sealed class ToyFormat() : ModelFormat("toy", "a toy of numbers")
    {
        public override Recognition Recognise(ModelStart start) => start.HasEnding(".toy") ? Recognition.ByName : Recognition.None;

        public override ModelTensors Open(string path) => new ToyModel(path);
    }

    private sealed class ToyModel : ModelTensors
    {
        private readonly double[] _numbers;

        public ToyModel(string path)
            : base(path)
        {
            _numbers = [.. File.ReadAllText(path).Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            Announce([new TensorEntry("toy.weight", ElementType.F64, [2, _numbers.Length / 2])], []);
        }

        protected override double[] ReadNumbers(TensorEntry entry) => _numbers;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
