using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>
/// Objective and gradient of a batch in single precision: products, features, errors and gradients are floats; activations and the loss are evaluated in
/// double precision, of floats, and rounded.
/// </summary>
internal sealed class SinglePass
{
    private readonly Objective _whole;
    private readonly ObjectiveCoefficients _coefficients;
    private readonly SingleMatrix _inputsTransposed;
    private readonly SingleMatrix[] _features;
    private readonly SingleMatrix[] _slopes;
    private readonly SingleMatrix[] _sensitivities;
    private readonly SingleMatrix[] _errors;
    private readonly Matrix _targets;
    private readonly Matrix _outputs;
    private readonly Matrix _outputGradient;
    private readonly Matrix _probabilities;

    /// <summary>Reserves the memory of the passes.</summary>
    /// <param name="whole">The objective of all samples.</param>
    /// <param name="samples">B.</param>
    /// <param name="coefficients">The factors of the batch's objective.</param>
    public SinglePass(Objective whole, int samples, ObjectiveCoefficients coefficients)
    {
        NetworkSpecification specification = whole.Specification;
        (_whole, _coefficients) = (whole, coefficients);
        int outputs = specification.OutputDimension, widest = specification.Widths.Max();
        _inputsTransposed = new SingleMatrix(samples, specification.InputDimension);
        _features = [new SingleMatrix(specification.InputDimension, samples), .. specification.Widths.Select(width => new SingleMatrix(width, samples))];
        _slopes = [.. _features.Select((z, l) => new SingleMatrix(l == 0 ? 0 : z.Rows, samples))];

        // As in double precision: two buffers take turns, and errors overwrite sensitivities that no skip needs.
        SingleMatrix[] turns = [new SingleMatrix(widest, samples), new SingleMatrix(widest, samples)];
        _sensitivities = [.. _features.Select((z, l) => turns[l % 2].RowView(0, l == 0 ? 0 : z.Rows))];
        SingleMatrix? own = specification.Architecture == Architecture.Residual ? new SingleMatrix(widest, samples) : null;
        _errors = own is null ? _sensitivities : [.. _features.Select((z, l) => own.RowView(0, l == 0 ? 0 : z.Rows))];
        _targets = new Matrix(outputs, samples);
        _outputs = new Matrix(outputs, samples);
        _outputGradient = new Matrix(outputs, samples);
        _probabilities = new Matrix(outputs, whole.Settings.Loss == Loss.CrossEntropy ? samples : 0);
    }

    /// <summary>Takes the samples, and evaluates objective and gradient.</summary>
    /// <param name="inputs">Xᵀ of all samples.</param>
    /// <param name="samples">The numbers of those of the batch.</param>
    /// <param name="parameters">Θ.</param>
    /// <param name="gradient">∇J_B.</param>
    public (ObjectiveValue Value, GradientSize Gradient) ValueAndGradient(
        SingleMatrix inputs, ReadOnlySpan<int> samples, SingleParameters parameters, SingleParameters gradient)
    {
        NetworkSpecification specification = _whole.Specification;
        Take(inputs, samples);
        for (int l = 1; l <= specification.Depth; l++) Forward(l, parameters);
        TensorPrimitives.ConvertTruncating<float, double>(_features[^1].AsSpan(), _outputs.AsSpan());
        double loss = DataTerm.Evaluate(_whole.Settings.Loss, _outputs, _targets, _coefficients.DataFactor, _outputGradient, _probabilities);
        TensorPrimitives.ConvertTruncating<double, float>(_outputGradient.AsSpan(), _sensitivities[^1].AsSpan());
        double featureSquares = 0;
        for (int l = specification.Depth; l >= 1; l--)
        {
            featureSquares += SingleElementWise.ThroughActivation(
                _sensitivities[l].AsSpan(), _features[l].AsSpan(), (float)_coefficients.FeatureFactor, _slopes[l].AsSpan(), _errors[l].AsSpan());
            Backward(l, parameters, gradient);
        }
        (double weightPenalty, GradientSize size) = AddPenalties(parameters, gradient);
        double featurePenalty = _coefficients.FeatureFactor == 0 ? 0 : 0.5 * _coefficients.FeatureFactor * featureSquares;
        return (new ObjectiveValue((_coefficients.DataFactor * loss) + weightPenalty + featurePenalty, loss, weightPenalty, featurePenalty), size);
    }

    private void Take(SingleMatrix inputs, ReadOnlySpan<int> samples)
    {
        Matrix targets = _whole.Data.Targets;
        for (int i = 0; i < samples.Length; i++)
        {
            inputs.Row(samples[i]).CopyTo(_inputsTransposed.Row(i));
            for (int k = 0; k < targets.Rows; k++) _targets[k, i] = targets[k, samples[i]];
        }
        inputs.TransposeTo(samples, _features[0]);
    }

    private void Forward(int layer, SingleParameters parameters)
    {
        SingleMatrix z = _features[layer], before = _features[layer - 1], slopes = _slopes[layer];
        if (parameters.Bias(layer) is { } bias)
        {
            for (int i = 0; i < z.Rows; i++) z.Row(i).Fill(bias[i, 0]);
        }
        SingleProduct.Multiply(parameters.Weights(layer), before, z, accumulate: parameters.Bias(layer) is not null);
        Activation activation = _whole.Specification.ActivationOf(layer);
        ThroughActivation(activation, z.AsSpan(), slopes.AsSpan());
        if (_whole.Specification.HasSkip(layer)) TensorPrimitives.Add(z.AsSpan(), before.AsSpan(), z.AsSpan());
    }

    private void Backward(int layer, SingleParameters parameters, SingleParameters gradient)
    {
        SingleMatrix error = _errors[layer];
        if (layer > 1)
        {
            SingleMatrix before = _sensitivities[layer - 1];
            bool skip = _whole.Specification.HasSkip(layer);
            if (skip) _sensitivities[layer].CopyTo(before);
            SingleProduct.MultiplyTransposedLeft(parameters.Weights(layer), error, before, accumulate: skip);
            SingleProduct.MultiplyTransposedRight(error, _features[layer - 1], gradient.Weights(layer));
        }
        else
        {
            SingleProduct.Multiply(error, _inputsTransposed, gradient.Weights(1));
        }
        if (gradient.Bias(layer) is not { } bias) return;
        for (int i = 0; i < bias.Rows; i++) bias[i, 0] = SingleElementWise.Sum(error.Row(i));
    }

    private (double WeightPenalty, GradientSize Gradient) AddPenalties(SingleParameters parameters, SingleParameters gradient)
    {
        int depth = _whole.Specification.Depth;
        var sums = new (SinglePenaltySums Sums, double Factor)[2 * depth];
        MiniBatches.OverLayers(depth, parameters.Values.Length, l =>
        {
            double ofWeights = _coefficients.WeightFactorOf(l), ofBias = _coefficients.BiasFactor;
            sums[2 * (l - 1)] = (SingleElementWise.AddPenalty(gradient.Weights(l).AsSpan(), parameters.Weights(l).AsSpan(), (float)ofWeights), ofWeights);
            if (gradient.Bias(l) is { } bias)
                sums[(2 * l) - 1] = (SingleElementWise.AddPenalty(bias.AsSpan(), parameters.Bias(l)!.AsSpan(), (float)ofBias), ofBias);
        });
        double with = 0, without = 0, ofPenalty = 0, penalty = 0;
        foreach ((SinglePenaltySums part, double factor) in sums)
        {
            with += part.With;
            without += part.Without;
            ofPenalty += factor * factor * part.Weights;
            penalty += 0.5 * factor * part.Weights;
        }
        double scale = ofPenalty > 0 ? Math.Sqrt(Math.Max(without, ofPenalty)) : _whole.ScaleOfData;
        return (penalty, new GradientSize(Math.Sqrt(with), with == 0 ? 0 : Math.Sqrt(with) / scale));
    }

    /// <summary>z ← σ(z) and σ'(z), a few entries at a time in double precision.</summary>
    private static void ThroughActivation(Activation activation, Span<float> z, Span<float> slopes)
    {
        const int Size = 256;
        Span<double> value = stackalloc double[Size], first = stackalloc double[Size];
        for (int start = 0; start < z.Length; start += Size)
        {
            int count = Math.Min(Size, z.Length - start);
            TensorPrimitives.ConvertTruncating<float, double>(z.Slice(start, count), value);
            activation.ValueAndFirst(value[..count], value[..count], first[..count]);
            TensorPrimitives.ConvertTruncating<double, float>(value[..count], z[start..]);
            TensorPrimitives.ConvertTruncating<double, float>(first[..count], slopes[start..]);
        }
    }
}
