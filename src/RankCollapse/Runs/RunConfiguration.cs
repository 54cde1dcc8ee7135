using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Runs;

/// <summary>The settings of a run, as in <c>config.json</c>; <see cref="RunSettings"/> says of each what it is.</summary>
public sealed partial record RunConfiguration
{
    /// <summary>The version of the program that wrote it.</summary>
    public string? Version { get; init; }

    /// <summary>The arithmetic that its result is computed in; null where an earlier version wrote it.</summary>
    public Arithmetic? Arithmetic { get; init; }

    /// <summary><c>mnist</c>, <c>gaussian-mixture</c>, <c>moons</c>, <c>free</c> or a file.</summary>
    public string Data { get; init; } = "mnist";

    /// <summary>N.</summary>
    public int Samples { get; init; } = 200;

    /// <summary>K.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Samples of each class; null for equal counts.</summary>
    public IReadOnlyList<int>? ClassCounts { get; init; }

    /// <summary>Input dimension of a Gaussian mixture.</summary>
    public int Dimension { get; init; } = 100;

    /// <summary>σ of a Gaussian mixture, and of moons.</summary>
    public double Sigma { get; init; } = 0.1;

    /// <summary>The column of a csv file that holds the class; null finds it.</summary>
    public string? Label { get; init; }

    /// <summary>Which axis of an array in a file is that of the samples.</summary>
    public SampleLayout Layout { get; init; }

    /// <summary>The part of a file with two that is read.</summary>
    public DataSplit Split { get; init; }

    /// <summary>Test samples; null takes all of <see cref="TestData"/>, and none without it.</summary>
    public int? TestSamples { get; init; }

    /// <summary>The file, or <c>mnist</c>, that test samples are of; null takes them from the training's source.</summary>
    public string? TestData { get; init; }

    /// <summary>How layers are joined.</summary>
    public Architecture Architecture { get; init; } = Architecture.Feedforward;

    /// <summary>L.</summary>
    public int Depth { get; init; } = 5;

    /// <summary>n_1 … n_{L−1}: one number for all, or one for each hidden layer.</summary>
    public IReadOnlyList<int> Width { get; init; } = [200];

    /// <summary>
    /// The activations of the layers, by their names: one for all hidden layers, one for each of them, or one for each layer, the output's too, as in
    /// <c>tanh*4,identity</c>.
    /// </summary>
    public string Activation { get; init; } = "tanh";

    /// <summary>Output activation, by its name; it has no effect where <see cref="Activation"/> names that of every layer.</summary>
    public string OutputActivation { get; init; } = "identity";

    /// <summary>Whether layers have biases.</summary>
    public bool Bias { get; init; }

    /// <summary>How outputs are compared with targets.</summary>
    public Loss Loss { get; init; } = Loss.Squared;

    /// <summary>How the terms of the objective are scaled.</summary>
    public Convention Convention { get; init; } = Convention.Sum;

    /// <summary>λ.</summary>
    public double Lambda { get; init; } = 1e-5;

    /// <summary>δ, the factor of λ for the first layer; null takes 0, and 1 for unconstrained features, which are the first layer's weights.</summary>
    public double? Delta { get; init; }

    /// <summary>λ', the feature penalty; null takes λ, and 0 for unconstrained features.</summary>
    public double? LambdaFeatures { get; init; }

    /// <summary>How initial weights are drawn.</summary>
    public InitializationScheme Init { get; init; } = InitializationScheme.Orthogonal;

    /// <summary>The run, or the safetensors file, whose weights training begins with; null draws them.</summary>
    public string? From { get; init; }

    /// <summary>A name of <see cref="Solvers.All"/>.</summary>
    public string Solver { get; init; } = Solvers.Default;

    /// <summary>Learning rate; null takes the solver's default.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The learning rate over the epochs.</summary>
    public RateSchedule Schedule { get; init; } = RateSchedule.Cosine;

    /// <summary>Epochs at which the schedule <c>step</c> multiplies the learning rate by <see cref="Gamma"/>.</summary>
    public IReadOnlyList<int>? Milestones { get; init; }

    /// <summary>γ of the schedule <c>step</c>.</summary>
    public double Gamma { get; init; } = 0.1;

    /// <summary>Epochs over which the learning rate rises from 0.</summary>
    public long WarmupEpochs { get; init; }

    /// <summary>Momentum of <c>sgd</c>.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether the momentum of <c>sgd</c> is Nesterov's.</summary>
    public bool Nesterov { get; init; }

    /// <summary>B, the samples of a mini-batch; null takes all in every step.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Whether the samples that are left at the end of an epoch, fewer than B, are not used in it.</summary>
    public bool DropLast { get; init; }

    /// <summary>The precision that first-order solvers train in.</summary>
    public Precision Precision { get; init; }

    /// <summary>The most epochs (solver iterations).</summary>
    public long MaxEpochs { get; init; } = 20000;

    /// <summary>The most seconds; null for no limit.</summary>
    public double? MaxSeconds { get; init; }

    /// <summary>Stop at this relative gradient norm.</summary>
    public double GradientTolerance { get; init; } = 1e-6;

    /// <summary>
    /// Stop only where besides the gradient every layer has a TCV of at most this, and features of numerical rank at most K; null asks for the gradient alone.
    /// </summary>
    public double? CollapseTolerance { get; init; }

    /// <summary>Seed of initialisation and sampling.</summary>
    public long Seed { get; init; }

    /// <summary>Seed of the data.</summary>
    public long DataSeed { get; init; }

    /// <summary>Record metrics every so many epochs, and at 1, 2, 5, 10, … below that; null chooses: see <see cref="RecordInterval"/>.</summary>
    public long? RecordEvery { get; init; }

    /// <summary>What a record holds: names of <see cref="RecordedMetrics"/> with commas between them.</summary>
    public string Record { get; init; } = RecordedMetrics.All;

    /// <summary>Write a checkpoint every so many seconds.</summary>
    public double CheckpointSeconds { get; init; } = 30;

    /// <summary>Threads inside products; null for all cores.</summary>
    public int? Threads { get; init; }
}
