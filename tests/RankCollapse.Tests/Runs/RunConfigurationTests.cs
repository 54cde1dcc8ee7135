using System.Text;
using System.Text.Json;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Runs;

public sealed class RunConfigurationTests
{
    public static TheoryData<string, RunConfiguration> Invalid => new()
    {
        { "data", new() { Data = " " } },
        { "samples", new() { Samples = 0 } },
        { "classes", new() { Classes = 0 } },
        { "class counts", new() { Classes = 2, ClassCounts = [100, 99] } },
        { "class-counts is 0", new() { Classes = 2, ClassCounts = [200, 0] } },
        { "dimension", new() { Dimension = 0 } },
        { "sigma", new() { Sigma = -0.1 } },
        { "depth is 0", new() { Depth = 0 } },
        { "at most 10000", new() { Depth = int.MaxValue } },
        { "4 hidden layers", new() { Width = [10, 20] } },
        { "0 numbers", new() { Width = [] } },
        { "width is 0", new() { Width = [0] } },
        { "did you mean 'tanh'", new() { Activation = "tahn" } },
        { "no activation 'x'", new() { OutputActivation = "x" } },
        { "lambda is -1", new() { Lambda = -1 } },
        { "lambda is NaN", new() { Lambda = double.NaN } },
        { "delta", new() { Delta = double.PositiveInfinity } },
        { "lambda-features", new() { LambdaFeatures = -1e-9 } },
        { "lbfgs", new() { Solver = "l-bfgs" } },
        { "learning-rate", new() { LearningRate = 0 } },
        { "momentum", new() { Momentum = 1 } },
        { "momentum", new() { Momentum = double.NaN } },
        { "max-epochs", new() { MaxEpochs = -1 } },
        { "max-seconds", new() { MaxSeconds = 0 } },
        { "gradient-tolerance", new() { GradientTolerance = -1 } },
        { "record-every", new() { RecordEvery = 0 } },
        { "checkpoint-seconds", new() { CheckpointSeconds = 0 } },
        { "collapse-tolerance", new() { CollapseTolerance = -1 } },
        { "threads", new() { Threads = 0 } },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void SettingOutOfRange_IsNamed(string found, RunConfiguration configuration)
    {
        var error = Assert.Throws<InvalidInputException>(configuration.Validate);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Defaults_AreValid() => new RunConfiguration().Validate();

    [Fact]
    public void OneWidth_StandsForAllHiddenLayers()
    {
        NetworkSpecification specification = new RunConfiguration { Depth = 4, Width = [7], Bias = true }.ToSpecification(3, 2);
        Assert.Equal([7, 7, 7, 2], specification.Widths);
        Assert.Equal((3, true, Architecture.Feedforward), (specification.InputDimension, specification.HasBias, specification.Architecture));
        Assert.Equal(("tanh", "identity"), (specification.ActivationOf(1).Name, specification.OutputActivation.Name));
    }

    [Fact]
    public void ListedWidths_AreTaken() =>
        Assert.Equal([9, 8, 2], new RunConfiguration { Depth = 3, Width = [9, 8] }.ToSpecification(3, 2).Widths);

    [Fact]
    public void DepthOne_HasTheOutputLayerOnly() =>
        Assert.Equal([2], new RunConfiguration { Depth = 1 }.ToSpecification(3, 2).Widths);

    [Fact]
    public void Residual_NeedsEqualInnerWidths()
    {
        var configuration = new RunConfiguration { Architecture = Architecture.Residual, Depth = 3, Width = [9, 8] };
        Assert.Throws<InvalidInputException>(() => configuration.ToSpecification(3, 2));
    }

    [Fact]
    public void Json_ReadsBackEverySetting()
    {
        var configuration = new RunConfiguration
        {
            Version = "1.2",
            Data = "a \"file\"",
            ClassCounts = [120, 80],
            Classes = 2,
            Width = [3, 4, 5, 6],
            Lambda = 0.1 + 0.2,
            LambdaFeatures = 5e-324,
            MaxSeconds = 1.5,
            Seed = long.MinValue,
            Bias = true,
            Threads = 2,
        };
        RunConfiguration read = RunConfiguration.FromJson(configuration.ToJson(), "config.json");
        Assert.Equal(Encoding.UTF8.GetString(configuration.ToJson()), Encoding.UTF8.GetString(read.ToJson()));
        Assert.Equal(configuration.Lambda, read.Lambda);
        Assert.Equal(configuration.LambdaFeatures, read.LambdaFeatures);
        Assert.Equal(configuration.Seed, read.Seed);
    }

    [Fact]
    public void Json_HoldsWhatHasAnEffect()
    {
        using JsonDocument newton = JsonDocument.Parse(new RunConfiguration().ToJson()),
            descent = JsonDocument.Parse(new RunConfiguration { Solver = "sgd" }.ToJson());
        Assert.All(["sigma", "dimension", "learningRate", "schedule", "momentum"], name => Assert.False(newton.RootElement.TryGetProperty(name, out _), name));
        Assert.Equal(0.9, descent.RootElement.GetProperty("momentum").GetDouble());
    }

    [Fact]
    public void Json_OfTheFirstVersion_IsRead()
    {
        const string Json = """
            {
              "version": "0.1.0", "data": "mnist", "samples": 40, "classes": 10, "classCounts": null, "dimension": 100, "sigma": 0.1, "architecture": "feedforward", "depth": 3,
              "width": [40], "activation": "tanh", "outputActivation": "identity", "bias": false, "loss": "cross-entropy", "convention": "eq3", "lambda": 0.001, "delta": 0,
              "lambdaFeatures": 0.001, "init": "he", "solver": "gauss-newton", "learningRate": null, "schedule": "cosine", "momentum": 0.9, "maxEpochs": 60, "maxSeconds": null,
              "gradientTolerance": 1E-06, "collapseTolerance": null, "seed": 0, "dataSeed": 0, "recordEvery": 1, "record": "all", "checkpointSeconds": 30, "threads": 1
            }
            """;
        RunConfiguration read = FromText(Json);
        Assert.Equal(("0.1.0", Convention.Equation3, Loss.CrossEntropy, InitializationScheme.He), (read.Version, read.Convention, read.Loss, read.Init));
    }

    [Fact]
    public void SettingsLeftOut_KeepTheirDefaults()
    {
        RunConfiguration read = FromText("""{ "depth": 7, "width": 30, /* a comment */ }""");
        Assert.Equal(Encoding.UTF8.GetString(new RunConfiguration { Depth = 7, Width = [30] }.ToJson()), Encoding.UTF8.GetString(read.ToJson()));
    }

    [Theory]
    [InlineData("""{ "lamda": 1 }""", "did you mean 'lambda'")]
    [InlineData("""{ "max-epochs": 1 }""", "did you mean 'maxEpochs'")]
    [InlineData("""{ "depth": "five" }""", "setting depth is \"five\", expected a whole number")]
    [InlineData("""{ "depth": 2.5 }""", "setting depth is 2.5, expected a whole number")]
    [InlineData("""{ "depth": null }""", "setting depth is null, expected a whole number")]
    [InlineData("""{ "lambda": "1" }""", "setting lambda is \"1\", expected a number")]
    [InlineData("""{ "bias": 1 }""", "setting bias is 1, expected true or false")]
    [InlineData("""{ "data": null }""", "data")]
    [InlineData("""{ "width": "200" }""", "setting width is \"200\", expected a list of whole numbers")]
    [InlineData("""{ "width": [200, "a"] }""", "expected a list of whole numbers")]
    [InlineData("""{ "classCounts": [1.5] }""", "expected a list of whole numbers")]
    [InlineData("""{ "depth": 1, "depth": 2 }""", "not valid JSON")]
    [InlineData("""[1]""", "no JSON object")]
    [InlineData("""{ "depth": """, "not valid JSON")]
    [InlineData("", "is empty; expected a JSON object")]
    public void WrongJson_SaysWhatIsWrong(string json, string found)
    {
        var error = Assert.Throws<InvalidInputException>(() => FromText(json));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Contains("my.json", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void NullNumber_IsRefusedByValidation() =>
        Assert.Throws<InvalidInputException>(() => FromText("""{ "lambda": null }""").Validate());

    private static RunConfiguration FromText(string json) => RunConfiguration.FromJson(Encoding.UTF8.GetBytes(json), "my.json");

    [Theory]
    [InlineData("tanh*2,identity", "identity")]
    [InlineData("tanh,tanh,identity", "identity")]
    [InlineData("tanh*2,identity*2", "relu")]
    public void ListsOfActivations_AreOneSetting_HoweverTheyAreWritten(string list, string output)
    {
        RunConfiguration resolved = new RunConfiguration { Depth = 4, Activation = list, OutputActivation = output }.Resolve();
        Assert.Equal(("tanh*2,identity", "identity"), (resolved.Activation, resolved.OutputActivation));
        Assert.Equal(["tanh", "tanh", "identity", "identity"], resolved.ToSpecification(3, 2).Activations.Select(activation => activation.Name));
        Assert.Equal(resolved, resolved.Resolve() with { Width = resolved.Width });
        byte[] file = Encoding.UTF8.GetBytes("""{ "depth": 4, "activation": ["tanh", "tanh", "identity"] }""");
        Assert.Equal(resolved.Activation, RunConfiguration.FromJson(file, "config.json").Resolve().Activation);
        Assert.Equal("tanh", new RunConfiguration { Depth = 4, Activation = "tanh*3" }.Resolve().Activation);
    }

    [Fact]
    public void ListOfActivations_FitsTheDepth()
    {
        string message = Assert.Throws<InvalidInputException>(() => new RunConfiguration { Depth = 5, Activation = "tanh,relu" }.Validate()).Message;
        Assert.Contains("has 2 names, but a network of depth 5 has 4 hidden layers", message, StringComparison.Ordinal);
        var whole = new RunConfiguration { Depth = 3, Activation = "tanh,relu,identity" };
        Assert.False(RunSettings.Of(nameof(RunConfiguration.OutputActivation)).Concerns(whole));
    }
}
