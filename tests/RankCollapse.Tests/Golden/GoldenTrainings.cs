using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Golden;

/// <summary>Short trainings that together go through every solver, architecture, activation, loss, convention and initialisation.</summary>
internal static class GoldenTrainings
{
    // Sizes that fill no vector and no register tile.
    private static readonly RunConfiguration Small = new()
    {
        Data = "gaussian-mixture",
        Samples = 29,
        Classes = 3,
        Dimension = 11,
        Sigma = 0.4,
        Depth = 3,
        Width = [13],
        Convention = Convention.Mean,
        Lambda = 5e-3,
        Delta = 0.3,
        GradientTolerance = 0,
        RecordEvery = 10,
        Threads = 1,
    };

    private static readonly RunConfiguration FirstOrder = Small with { MaxEpochs = 40 };

    private static readonly RunConfiguration QuasiNewton = Small with { Solver = "lbfgs", MaxEpochs = 30 };

    private static readonly RunConfiguration Newton = Small with { Solver = "gauss-newton", MaxEpochs = 8 };

    /// <summary>The trainings by name.</summary>
    public static IReadOnlyDictionary<string, RunConfiguration> All { get; } = new Dictionary<string, RunConfiguration>
    {
        ["adam"] = FirstOrder with { Solver = "adam", LearningRate = 1e-2 },
        ["adam-residual-elu"] = FirstOrder with
        {
            Solver = "adam",
            Architecture = Architecture.Residual,
            Depth = 4,
            Activation = "elu",
            Loss = Loss.CrossEntropy,
            Init = InitializationScheme.He,
            Bias = true,
            Schedule = RateSchedule.Constant,
        },
        ["adam-relu"] = FirstOrder with { Solver = "adam", Activation = "relu", Loss = Loss.CrossEntropy, Init = InitializationScheme.He },
        ["adamw-batches"] = FirstOrder with { Solver = "adamw", BatchSize = 8, DropLast = true, WarmupEpochs = 3, Bias = true },
        ["sgd-batches-mnist"] = FirstOrder with
        {
            Data = "mnist",
            Samples = 100,
            Classes = 10,
            Width = [150],
            Solver = "sgd",
            Nesterov = true,
            BatchSize = 32,
            Schedule = RateSchedule.Step,
            Milestones = [2, 4],
            MaxEpochs = 5,
        },
        ["adam-single"] = FirstOrder with { Solver = "adam", BatchSize = 8, Precision = Precision.Single, Architecture = Architecture.Residual, Bias = true },
        ["sgd-single-mnist"] = Mnist with
        {
            Solver = "sgd",
            Depth = 4,
            Width = [300],
            Activation = "relu",
            Loss = Loss.CrossEntropy,
            BatchSize = 100,
            Precision = Precision.Single,
            MaxEpochs = 4,
        },
        ["sgd-arctan"] = FirstOrder with { Solver = "sgd", Activation = "arctan", Init = InitializationScheme.Gaussian, Bias = true },
        ["sgd-selu"] = FirstOrder with
        {
            Solver = "sgd",
            Activation = "selu",
            Init = InitializationScheme.Xavier,
            Convention = Convention.Sum,
            LearningRate = 1e-4,
        },
        ["sgd-leaky-relu"] = FirstOrder with { Solver = "sgd", Activation = "leaky-relu(0.2)", Loss = Loss.CrossEntropy, OutputActivation = "sigmoid" },
        ["lbfgs-asinh"] = QuasiNewton with { Activation = "asinh", Loss = Loss.CrossEntropy, Init = InitializationScheme.Xavier },
        ["lbfgs-residual-softplus"] = QuasiNewton with
        {
            Architecture = Architecture.Residual,
            Depth = 4,
            Activation = "softplus",
            Init = InitializationScheme.Gaussian,
        },
        ["lbfgs-gelu"] = QuasiNewton with { Activation = "gelu", Convention = Convention.Equation3, Lambda = 1e-3 },
        ["gauss-newton"] = Newton with { LambdaFeatures = 0, ClassCounts = [5, 10, 14] },
        ["gauss-newton-residual"] = Newton with { Architecture = Architecture.Residual, Depth = 4, Loss = Loss.CrossEntropy, LambdaFeatures = 1e-3 },
        ["gauss-newton-sigmoid"] = Newton with { Activation = "sigmoid", Init = InitializationScheme.Gaussian, Bias = true },
        ["gauss-newton-softsign"] = Newton with { Activation = "softsign", Init = InitializationScheme.He, Width = [17, 9], OutputActivation = "tanh" },
        ["gauss-newton-identity"] = Newton with { Activation = "identity", Delta = 0, MaxEpochs = 30, GradientTolerance = 1e-9 },
        ["adam-mnist"] = Mnist with { Solver = "adam", MaxEpochs = 6 },
        ["gauss-newton-mnist"] = Mnist with { MaxEpochs = 2 },
    };

    /// <summary>Products deeper than a block of the kernel, and large enough for threads.</summary>
    private static RunConfiguration Mnist => Small with { Data = "mnist", Samples = 150, Classes = 10, Width = [120], Solver = "gauss-newton" };
}
