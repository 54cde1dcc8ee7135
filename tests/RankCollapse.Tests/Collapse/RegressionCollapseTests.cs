using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

public sealed class RegressionCollapseTests
{
    private const int Targets = 3;
    private const int Dimension = 8;

    [Fact]
    public void Features_InTheSpanOfTheWeights_HaveCollapsed()
    {
        Matrix y = Gaussian(60, Targets, 1), w = Gaussian(Targets, Dimension, 2);
        RegressionCollapse collapse = Measure(Shifted(Product.Multiply(y, w)), y, w);
        Assert.InRange(collapse.OutsidePrincipalDirections!.Value, 0, 1e-25);
        Assert.InRange(collapse.OutsideWeights!.Value, 0, 1e-25);
    }

    [Fact]
    public void Features_BesideTheWeights_AreAllOutside()
    {
        Matrix y = Gaussian(60, Targets, 1), w = new(Targets, Dimension), features = Gaussian(60, Dimension, 3);
        for (int k = 0; k < Targets; k++) w[k, k] = 1 + k;
        for (int i = 0; i < features.Rows; i++) features.Row(i)[..Targets].Clear();
        Assert.Equal(1, Measure(features, y, w).OutsideWeights!.Value, 1e-14);
    }

    [Fact]
    public void Deviations_AreThoseOfEveryProjection()
    {
        // With all directions alike, a projection onto 3 of 8 leaves 5/8 on average over samples; here it is summed one by one.
        Matrix y = Gaussian(40, Targets, 1), w = Gaussian(Targets, Dimension, 2), z = Shifted(Gaussian(40, Dimension, 4));
        RegressionCollapse collapse = Measure(z, y, w);
        Matrix centred = Centred(z), inverse = PseudoInverse.Compute(w).Inverse;
        var decomposition = SingularValueDecomposition.Thin(centred);
        double outsideWeights = 0, outsidePrincipal = 0;
        for (int i = 0; i < z.Rows; i++)
        {
            Matrix one = centred.RowView(i, 1), inside = Product.Multiply(Product.Multiply(one, inverse), w);
            double square = Reduction.SumOfSquares(one.AsSpan());
            outsideWeights += Math.Pow(Reduction.Distance(one.AsSpan(), inside.AsSpan()), 2) / square / z.Rows;
            double kept = Enumerable.Range(0, Targets).Sum(k => Math.Pow(Reduction.Dot(one.AsSpan(), decomposition.RightTransposed.Row(k)), 2));
            outsidePrincipal += (1 - (kept / square)) / z.Rows;
        }
        Assert.Equal(outsideWeights, collapse.OutsideWeights!.Value, 1e-12);
        Assert.Equal(outsidePrincipal, collapse.OutsidePrincipalDirections!.Value, 1e-12);
    }

    [Fact]
    public void Structure_OfTheBestGamma_IsNoLargerThanOfAnyOther()
    {
        Matrix y = Gaussian(50, Targets, 5), w = Gaussian(Targets, Dimension, 6);
        double found = RegressionCollapse.StructureDeviation(w, y)!.Value;
        Matrix products = Product.OuterGram(w), covariance = Product.Gram(Centred(y));
        for (int i = 0; i < covariance.Length; i++) covariance.AsSpan()[i] /= y.Rows;
        var decomposition = SymmetricEigendecomposition.Decompose(covariance);
        double least = double.PositiveInfinity;
        for (int step = 0; step <= 200; step++)
        {
            double c = Math.Sqrt(decomposition.Values[^1]) * step / 200;
            Matrix root = Matrix.FromEntries(Targets, Targets, (i, j) => Enumerable.Range(0, Targets).Sum(k =>
                decomposition.Vectors[i, k] * decomposition.Vectors[j, k] * (Math.Sqrt(decomposition.Values[k]) - c)));
            double a = Reduction.Norm(products.AsSpan()), b = Reduction.Norm(root.AsSpan());
            least = Math.Min(least, Enumerable.Range(0, root.Length).Sum(i => Math.Pow((products.AsSpan()[i] / a) - (root.AsSpan()[i] / b), 2)));
        }
        Assert.InRange(found, 0, least + 1e-12);
        Assert.Equal(least, found, 1e-3);
    }

    [Fact]
    public void Structure_OfWeightsAsTheTheoremSays_IsZero()
    {
        // WWᵀ = Σ^½ − √γ·I for diagonal targets: columns of one sign pattern each, of sizes 3 and 2, and γ = 1.
        var y = Matrix.FromRows([3, 2], [3, -2], [-3, 2], [-3, -2]);
        var w = Matrix.FromRows([Math.Sqrt(2), 0, 0], [0, 1, 0]);
        Assert.Equal(0, RegressionCollapse.StructureDeviation(w, y)!.Value, 1e-15);
    }

    [Fact]
    public void WhatDoesNotExist_IsNull()
    {
        Matrix one = Gaussian(20, 1, 1), w = Gaussian(1, Dimension, 2);
        Assert.Null(RegressionCollapse.StructureDeviation(w, one));
        Assert.Null(RegressionCollapse.StructureDeviation(new Matrix(2, Dimension), Gaussian(20, 2, 1)));
        Assert.Null(Measure(Gaussian(20, 2, 3), Gaussian(20, 2, 1), null).OutsidePrincipalDirections);
        Assert.Null(Measure(Gaussian(20, 4, 3), one, null).OutsideWeights);
        Assert.Null(Measure(new Matrix(20, 4), one, null).OutsidePrincipalDirections);
        Assert.Contains("5×5", Assert.Throws<ShapeMismatchException>(() => new RegressionCollapse(new double[4], new Matrix(5, 5), one, null)).Message);
    }

    private static RegressionCollapse Measure(Matrix z, Matrix y, Matrix? w)
    {
        Matrix centred = Centred(z);
        var mean = new double[z.Columns];
        for (int j = 0; j < mean.Length; j++) mean[j] = z[0, j] - centred[0, j];
        var collapse = new RegressionCollapse(mean, Product.Gram(centred), y, w);
        collapse.Add(z.RowView(0, 7));
        collapse.Add(z.RowView(7, z.Rows - 7));
        return collapse;
    }

    private static Matrix Centred(Matrix z) =>
        Matrix.FromEntries(z.Rows, z.Columns, (i, j) => z[i, j] - Enumerable.Range(0, z.Rows).Average(k => z[k, j]));

    private static Matrix Shifted(Matrix z) => Matrix.FromEntries(z.Rows, z.Columns, (i, j) => z[i, j] + j);

    private static Matrix Gaussian(int rows, int columns, long seed) => Samples.Gaussian(rows, columns, seed);
}
