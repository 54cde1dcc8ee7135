using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Benchmarks;

/// <summary>A training problem that both sides solve: MNIST subsample, tanh layers of width 200, identity output, orthogonal start.</summary>
internal sealed class BenchmarkProblem
{
    private const int Samples = 200, Classes = 10, Width = 200;

    private readonly Network _start;

    private BenchmarkProblem(int depth, double delta, long seed)
    {
        Data = Mnist.Subsample(Samples, Classes, seed: 0);
        Specification = new NetworkSpecification(Data.InputDimension, [.. Enumerable.Repeat(Width, depth - 1), Classes]);
        Settings = new ObjectiveSettings { Lambda = 1e-5, Delta = delta };
        _start = new Network(Specification);
        Initialization.Initialize(_start, InitializationScheme.Orthogonal, seed);
    }

    public DataSet Data { get; }

    public NetworkSpecification Specification { get; }

    public ObjectiveSettings Settings { get; }

    /// <summary>Section 5.3: L = 10, δ = 0.</summary>
    public static BenchmarkProblem Deep() => new(depth: 10, delta: 0, seed: 0);

    /// <summary>Setting A: L = 5, δ = 0.1, and an orthogonal start of a seed.</summary>
    public static BenchmarkProblem SettingA(long seed) => new(depth: 5, delta: 0.1, seed);

    public Network Start() => _start.Copy();

    public Objective Objective() => new(Specification, Data, Settings);

    /// <summary>2mnk of every product of an epoch: forward, gradient, and the error's way back, which ends at layer 1.</summary>
    public double ProductFlops()
    {
        double flops = 0;
        for (int l = 1; l <= Specification.Depth; l++)
            flops += (l == 1 ? 2 : 3) * 2.0 * Specification.Width(l) * Specification.Width(l - 1) * Data.SampleCount;
        return flops;
    }

    /// <summary>Writes data, penalties and start for the PyTorch side.</summary>
    public void Write(string path)
    {
        ObjectiveCoefficients coefficients = Settings.Coefficients(Specification.Depth, Data.SampleCount);
        var arrays = new Dictionary<string, NpyArray>
        {
            ["inputs"] = ArrayOf(Data.Inputs),
            ["targets"] = ArrayOf(Data.Targets),
            ["weight_penalties"] = new([Specification.Depth], [.. coefficients.WeightFactors]),
            ["feature_penalty"] = new([], [coefficients.FeatureFactor]),
            ["data_factor"] = new([], [coefficients.DataFactor]),
        };
        for (int l = 1; l <= Specification.Depth; l++) arrays[$"W{l}"] = ArrayOf(_start.Weights(l));
        NpzFile.Write(path, arrays);
    }

    private static NpyArray ArrayOf(Matrix matrix) => new([matrix.Rows, matrix.Columns], matrix.AsSpan().ToArray());
}
