using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Benchmarks;

/// <summary>A training problem: tanh layers as wide as there are samples, identity output, orthogonal start.</summary>
internal sealed class BenchmarkProblem
{
    private const double Lambda = 1e-5;

    private readonly Network _start;

    private BenchmarkProblem(DataSet data, int width, int depth, double delta, long seed, ObjectiveSettings? settings = null)
    {
        Data = data;
        Specification = new NetworkSpecification(data.InputDimension, [.. Enumerable.Repeat(width, depth - 1), data.OutputDimension]);
        Settings = settings ?? new ObjectiveSettings { Lambda = Lambda, Delta = delta };
        _start = new Network(Specification);
        Initialization.Initialize(_start, InitializationScheme.Orthogonal, seed);
    }

    public DataSet Data { get; }

    public NetworkSpecification Specification { get; }

    public ObjectiveSettings Settings { get; }

    /// <summary>Section 5.3: L = 10, δ = 0.</summary>
    public static BenchmarkProblem Deep() => Mnist(200, depth: 10, delta: 0);

    /// <summary>Setting A: L = 5, δ = 0.1, and an orthogonal start of a seed.</summary>
    public static BenchmarkProblem SettingA(long seed) => Mnist(200, depth: 5, delta: 0.1, seed);

    /// <summary>As many MNIST images as units in a layer.</summary>
    public static BenchmarkProblem Mnist(int samples, int depth, double delta, long seed = 0) =>
        new(RankCollapse.Data.Mnist.Subsample(samples, 10, seed: 0), samples, depth, delta, seed);

    /// <summary>
    /// As many samples of a Gaussian mixture as units in a layer, in more dimensions than samples; their mean square and the classes' share of it, a quarter,
    /// are about those of MNIST.
    /// </summary>
    public static BenchmarkProblem Mixture(int samples, int classes, int depth, double delta)
    {
        const double MeanSquare = 85, ShareOfClasses = 0.25;
        int dimension = samples + (samples / 5);
        Matrix means = GaussianMixture.DrawMeans(classes, dimension, seed: 0);
        TensorPrimitives.Multiply(means.AsSpan(), Math.Sqrt(ShareOfClasses * MeanSquare / dimension), means.AsSpan());
        double sigma = Math.Sqrt((1 - ShareOfClasses) * MeanSquare / dimension);
        return new BenchmarkProblem(GaussianMixture.Draw(samples, classes, dimension, sigma, seed: 0, means), samples, depth, delta, seed: 0);
    }

    /// <summary>
    /// Setting C made smaller: N MNIST images averaged to 0.4·N inputs, layers of N/2 units, λ = λ' = 1e−4 by means, δ = 0; the network does not interpolate.
    /// </summary>
    public static BenchmarkProblem Pooled(int samples)
    {
        DataSet whole = RankCollapse.Data.Mnist.Subsample(samples, 10, seed: 0);
        int from = (int)Math.Sqrt(whole.InputDimension), to = (int)Math.Round(Math.Sqrt(0.4 * samples));
        var inputs = new Matrix(to * to, samples);
        for (int i = 0; i < whole.InputDimension; i++)
        {
            int row = i / from * to / from, column = i % from * to / from;
            Span<double> mean = inputs.Row((row * to) + column);
            TensorPrimitives.MultiplyAdd(whole.Inputs.Row(i), (double)(to * to) / whole.InputDimension, mean, mean);
        }
        var settings = new ObjectiveSettings { Lambda = 1e-4, Delta = 0, Convention = Convention.Mean };
        return new BenchmarkProblem(new DataSet("pooled", inputs, whole.Targets, whole.Labels), samples / 2, 5, delta: 0, seed: 0, settings);
    }

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
