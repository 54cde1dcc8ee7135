using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Training;

namespace RankCollapse.Tests.Training;

public sealed class DataTermTests
{
    [Fact]
    public void Hessian_IsTheDerivativeOfTheGradient()
    {
        var stream = new RandomStream(3, RandomPurpose.Sampling);
        Matrix outputs = RandomMatrix.Gaussian(4, 6, stream), direction = RandomMatrix.Gaussian(4, 6, stream);
        Matrix targets = Matrix.FromEntries(4, 6, (_, _) => stream.NextUniform());
        foreach (Loss loss in Enum.GetValues<Loss>())
        {
            var probabilities = new Matrix(4, 6);
            var product = new Matrix(4, 6);
            DataTerm.Evaluate(loss, outputs, targets, 0.7, new Matrix(4, 6), probabilities);
            DataTerm.ApplyHessian(loss, probabilities, targets, 0.7, direction, product);
            double step = Math.Cbrt(Tolerances.MachineEpsilon);
            Matrix after = GradientAt(loss, step), before = GradientAt(loss, -step);
            for (int i = 0; i < product.Length; i++)
                Assert.Equal((after.AsSpan()[i] - before.AsSpan()[i]) / (2 * step), product.AsSpan()[i], 1e-8);
        }

        Matrix GradientAt(Loss loss, double t)
        {
            var moved = new Matrix(4, 6);
            TensorPrimitives.MultiplyAdd(direction.AsSpan(), t, outputs.AsSpan(), moved.AsSpan());
            var gradient = new Matrix(4, 6);
            DataTerm.Evaluate(loss, moved, targets, 0.7, gradient, new Matrix(4, 6));
            return gradient;
        }
    }
}
