using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>
/// All samples, a part at a time: the data term and the feature penalties of an objective with the memory of one part, whatever N is.
/// </summary>
internal sealed class SampleParts
{
    /// <summary>With more samples than this, mini-batch training evaluates all of them in parts.</summary>
    public const int MostAtOnce = 4096;

    /// <summary>The samples of a part: enough for products to run at full speed, and few enough for features to stay in the caches.</summary>
    public const int Size = 1024;

    private readonly int[] _samples;
    private readonly SamplePart _part;
    private readonly SamplePart? _last;
    private readonly Network _gradient;

    /// <summary>Reserves the memory.</summary>
    /// <param name="whole">The objective of all samples.</param>
    public SampleParts(Objective whole)
    {
        ObjectiveCoefficients factors = whole.Coefficients;
        ObjectiveCoefficients ofPart = factors with { WeightFactors = [.. factors.WeightFactors.Select(_ => 0.0)], BiasFactor = 0 };
        _samples = [.. Enumerable.Range(0, whole.Data.SampleCount)];
        _part = new SamplePart(whole, Math.Min(Size, _samples.Length), ofPart);
        _last = _samples.Length % Size is > 0 and var rest && _samples.Length > Size ? new SamplePart(whole, rest, ofPart) : null;
        _gradient = new Network(whole.Specification);
        Outputs = new Matrix(whole.Specification.OutputDimension, _samples.Length);
    }

    /// <summary>f(X) of the last evaluation, K×N.</summary>
    public Matrix Outputs { get; }

    /// <summary>Is told the first sample and Z^0 … Z^L of each part, in order; the next part overwrites them.</summary>
    public Action<int, IReadOnlyList<Matrix>>? Visitor { get; set; }

    /// <summary>D and Σ_l (μ/2)‖Z^l‖² of all samples, and their gradient where it is asked for.</summary>
    public (double DataLoss, double FeaturePenalty) Evaluate(Network network, Network? gradient)
    {
        double loss = 0, penalty = 0;
        gradient?.Parameters.AsSpan().Clear();
        for (int first = 0; first < _samples.Length; first += Size)
        {
            ReadOnlySpan<int> samples = _samples.AsSpan(first, Math.Min(Size, _samples.Length - first));
            SamplePart part = samples.Length == Size || _last is null ? _part : _last;
            part.Take(samples);
            ObjectiveValue value = gradient is null ? part.Objective.Value(network) : part.Objective.ValueAndGradient(network, _gradient);
            if (gradient is not null) TensorPrimitives.Add(gradient.Parameters, _gradient.Parameters, gradient.Parameters);
            loss += value.DataLoss;
            penalty += value.FeaturePenalty;
            Matrix outputs = part.Objective.Features[^1];
            for (int k = 0; k < outputs.Rows; k++) outputs.Row(k).CopyTo(Outputs.Row(k)[first..]);
            Visitor?.Invoke(first, part.Objective.Features);
        }
        return (loss, penalty);
    }
}
