using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Tests.Training;

/// <summary>J and ∇J one sample and one number at a time, written from the formulas and sharing nothing with the library's passes but σ.</summary>
internal sealed class ReferenceObjective(DataSet data, ObjectiveSettings settings)
{
    /// <summary>J and its gradient in the order of <see cref="Network.Parameters"/>.</summary>
    public (ObjectiveValue Value, double[] Gradient) Evaluate(Network network)
    {
        NetworkSpecification shape = network.Specification;
        int depth = shape.Depth, samples = data.SampleCount;
        (double a, Func<int, double> lambda, double beta, double mu) = Factors(samples);
        double dataLoss = 0, features = 0, weights = 0;
        var result = new Network(shape);
        for (int i = 0; i < samples; i++)
        {
            var z = new double[depth + 1][];
            var slope = new double[depth + 1][];
            z[0] = data.Inputs.Column(i);
            for (int l = 1; l <= depth; l++)
            {
                z[l] = new double[shape.Width(l)];
                slope[l] = new double[shape.Width(l)];
                for (int r = 0; r < z[l].Length; r++)
                {
                    double h = network.Bias(l) is { } b ? b[r, 0] : 0;
                    for (int c = 0; c < z[l - 1].Length; c++) h += network.Weights(l)[r, c] * z[l - 1][c];
                    shape.ActivationOf(l).ValueAndFirst([h], z[l].AsSpan(r, 1), slope[l].AsSpan(r, 1));
                    if (shape.HasSkip(l)) z[l][r] += z[l - 1][r];
                    features += 0.5 * mu * z[l][r] * z[l][r];
                }
            }
            (double loss, double[] sensitivity) = Loss(z[depth], data.Targets.Column(i));
            dataLoss += loss;
            for (int r = 0; r < sensitivity.Length; r++) sensitivity[r] *= a;
            for (int l = depth; l >= 1; l--)
            {
                var before = new double[z[l - 1].Length];
                for (int r = 0; r < z[l].Length; r++)
                {
                    double s = sensitivity[r] + (mu * z[l][r]);
                    if (shape.HasSkip(l)) before[r] += s;
                    double error = s * slope[l][r];
                    if (result.Bias(l) is { } bias) bias[r, 0] += error;
                    for (int c = 0; c < before.Length; c++)
                    {
                        result.Weights(l)[r, c] += error * z[l - 1][c];
                        before[c] += network.Weights(l)[r, c] * error;
                    }
                }
                sensitivity = before;
            }
        }
        for (int l = 1; l <= depth; l++)
        {
            weights += AddPenalty(result.Weights(l), network.Weights(l), lambda(l));
            if (network.Bias(l) is { } bias) weights += AddPenalty(result.Bias(l)!, bias, beta);
        }
        return (new ObjectiveValue((a * dataLoss) + weights + features, dataLoss, weights, features), result.Parameters);
    }

    /// <summary>The table of factors, from its definition.</summary>
    private (double A, Func<int, double> Lambda, double Beta, double Mu) Factors(int samples)
    {
        double features = settings.LambdaFeatures ?? settings.Lambda;
        double Section5(int l) => l == 1 ? settings.Lambda * settings.Delta : settings.Lambda;
        return settings.Convention switch
        {
            Convention.Sum => (1, Section5, 0, features),
            Convention.Mean => (1.0 / samples, Section5, 0, features / samples),
            _ => (1.0 / samples, _ => 2 * settings.Lambda, 2 * settings.Lambda, 0),
        };
    }

    private (double Loss, double[] Derivative) Loss(double[] output, double[] target)
    {
        var derivative = new double[output.Length];
        double loss = 0;
        if (settings.Loss == RankCollapse.Training.Loss.Squared)
        {
            for (int k = 0; k < output.Length; k++)
            {
                derivative[k] = output[k] - target[k];
                loss += 0.5 * derivative[k] * derivative[k];
            }
            return (loss, derivative);
        }

        // log p_k = −log Σ_j exp(f_j − f_k).
        for (int k = 0; k < output.Length; k++)
        {
            double inverse = output.Sum(f => Math.Exp(f - output[k]));
            loss += target[k] * Math.Log(inverse);
            derivative[k] = (target.Sum() / inverse) - target[k];
        }
        return (loss, derivative);
    }

    private static double AddPenalty(Matrix gradient, Matrix values, double factor)
    {
        double penalty = 0;
        for (int i = 0; i < values.Rows; i++)
        {
            for (int j = 0; j < values.Columns; j++)
            {
                gradient[i, j] += factor * values[i, j];
                penalty += 0.5 * factor * values[i, j] * values[i, j];
            }
        }
        return penalty;
    }
}
