using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Collapse;

public sealed class PredictedSingularValuesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0.3)]
    public void Predict_OfTheMinimiserOfTheorem42_FindsItsConstant(double root)
    {
        // Z^l = √C·O_l·σ_{l+1}^{-1}(Z^{l+1}), built from the last layer down; tanh between, so entries are kept small.
        const int Samples = 12;
        var specification = new NetworkSpecification(4, [Samples, 8, 3]);
        var stream = new RandomStream(1, RandomPurpose.Sampling);
        Matrix last = OneHot(Labels(Samples, 3), 3);
        for (int i = 0; i < last.Length; i++) last.AsSpan()[i] *= 0.1;
        Matrix second = Turn(RandomMatrix.HaarOrthogonal(8, 3, stream), last, root);
        var inverse = new Matrix(8, Samples);
        Activation.Tanh.Inverse(second.AsSpan(), inverse.AsSpan());
        Matrix first = Turn(RandomMatrix.HaarOrthogonal(Samples, 8, stream), inverse, root);
        Matrix[] features = [Gaussian(4, Samples, 1), first, second, last];
        for (int l = 1; l <= 2; l++)
        {
            var found = PredictedSingularValues.Predict(specification, features, l);
            Assert.Equal(root, found.FittedRootOfC!.Value, 1e-12);
            Assert.Equal(0, found.FittedDistance!.Value, 1e-12);
            Assert.Equal(1 - root, found.Distance!.Value, 1e-12);
            Assert.Equal(Math.Min(specification.Width(l), Samples), found.Values!.Count);
            Assert.Empty(found.UnmetHypotheses);
            Assert.Null(found.Reason);
        }
    }

    [Fact]
    public void Predict_OutsideTheRangeOfTheActivation_HasAReason()
    {
        var specification = new NetworkSpecification(2, [3, 3, 2]);
        Matrix features = Gaussian(3, 5, 1);
        features[0, 0] = 1;
        var found = PredictedSingularValues.Predict(specification, [new Matrix(2, 5), new Matrix(3, 5), features, new Matrix(2, 5)], 1);
        Assert.Null(found.Values);
        Assert.Contains("Layer 2", found.Reason);
        Assert.Contains("tanh", found.Reason);
    }

    [Fact]
    public void Predict_OfTheLastLayer_HasAReason()
    {
        var found = PredictedSingularValues.Predict(new NetworkSpecification(2, [2]), [new Matrix(2, 5), new Matrix(2, 5)], 1);
        Assert.Null(found.Values);
        Assert.NotNull(found.Reason);
    }

    [Fact]
    public void Predict_InResidualNetwork_UsesTheNextFeaturesAndTheirIncrement()
    {
        var specification = new NetworkSpecification(4, [6, 6, 2], Architecture.Residual);
        Matrix second = Gaussian(6, 6, 1), first = Matrix.FromEntries(6, 6, (i, j) => 2 * second[i, j]);
        var found = PredictedSingularValues.Predict(specification, [new Matrix(4, 6), first, second, new Matrix(2, 6)], 1);
        Assert.Equal("Theorem C.2", found.Source);
        Assert.Equal(SingularValueDecomposition.SingularValues(second), found.Values);
        Assert.Equal(2, found.FittedRootOfC!.Value, 1e-13);
        Assert.Equal(1, found.RelativeIncrement!.Value, 1e-13);
    }

    [Fact]
    public void Predict_ListsTheHypothesesThatAreNotMet()
    {
        var specification = new NetworkSpecification(4, [3, 5, 2], hasBias: true);
        var found = PredictedSingularValues.Predict(specification, [new Matrix(4, 6), new Matrix(3, 6), new Matrix(5, 6), new Matrix(2, 6)], 1);
        Assert.Contains(found.UnmetHypotheses, text => text.Contains("bias"));
        Assert.Contains(found.UnmetHypotheses, text => text.Contains("n_2"));
        Assert.Contains(found.UnmetHypotheses, text => text.Contains("n_1 ≥ N"));
        Assert.Null(found.FittedRootOfC);
    }

    private static Matrix Turn(Matrix orthogonal, Matrix a, double factor)
    {
        Matrix result = Product.Multiply(orthogonal, a);
        return Matrix.FromEntries(result.Rows, result.Columns, (i, j) => factor * result[i, j]);
    }
}
