using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra.Kernels;
using static RankCollapse.Tests.LinearAlgebra.Kernels.ProductReference;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class ProductTests
{
    public static TheoryData<ProductForm> Forms => [.. Enum.GetValues<ProductForm>()];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Product_IsTheTripleLoop_OverwrittenOrAdded(ProductForm form)
    {
        foreach ((int rows, int columns, int depth) in ((int, int, int)[])[(1, 1, 1), (7, 24, 25), (24, 9, 0), (0, 4, 3), (4, 0, 3), (200, 200, 200),
            (401, 23, 8), (33, 1300, 9), (100, 700, 401)])
        {
            (Matrix a, Matrix b) = Factors(form, rows, columns, depth, rows + columns);
            Matrix before = Random(rows, columns, depth);
            var destination = new BorderedMatrix(before);
            Into(form, a, b, destination.Matrix, accumulate: true);
            AssertClose(form, a, b, before, destination.Matrix);
            Into(form, a, b, destination.Matrix, accumulate: false);
            AssertClose(form, a, b, null, destination.Matrix);
            destination.AssertBorderIsUntouched();
            Assert.Equal(New(form, a, b).AsSpan(), destination.Matrix.AsSpan());
        }
    }

    [Fact]
    public void Gram_IsTheProductWithTheTranspose_ExactlySymmetric()
    {
        foreach ((int rows, int columns) in ((int, int)[])[(1, 1), (0, 5), (5, 0), (3, 25), (200, 64), (17, 401)])
        {
            Matrix a = Random(rows, columns, rows);
            Matrix gram = Product.Gram(a), outer = Product.OuterGram(a);
            AssertClose(ProductForm.TransposedLeft, a, a, null, gram);
            AssertClose(ProductForm.TransposedRight, a, a, null, outer);
            Assert.Equal(gram.AsSpan(), gram.Transpose().AsSpan());
            Assert.Equal(outer.AsSpan(), outer.Transpose().AsSpan());
            var destination = new BorderedMatrix(Random(columns, columns, 1));
            Product.Gram(a, destination.Matrix);
            Assert.Equal(gram.AsSpan(), destination.Matrix.AsSpan());
            destination.AssertBorderIsUntouched();
        }
    }

    /// <summary>Sizes above the threshold for threads, with sides that no tile divides.</summary>
    [Theory]
    [InlineData(ProductForm.Plain, 203, 401, 100)]
    [InlineData(ProductForm.TransposedLeft, 333, 121, 130)]
    [InlineData(ProductForm.TransposedRight, 121, 340, 433)]
    [InlineData(ProductForm.Plain, 97, 99, 1001)]
    public void Product_OnSeveralThreads_HasTheSameBits(ProductForm form, int rows, int columns, int depth)
    {
        (Matrix a, Matrix b) = Factors(form, rows, columns, depth, 5);
        Matrix alone = New(form, a, b);
        Assert.Equal(alone.AsSpan(), New(form, a, b).AsSpan());
        foreach (int threads in (int[])[2, 3, 5])
        {
            Product.MaxThreads = threads;
            Matrix before = Random(rows, columns, threads), sum = before.Copy();
            Assert.Equal(alone.AsSpan(), New(form, a, b).AsSpan());
            Into(form, a, b, sum, accumulate: true);
            AssertClose(form, a, b, before, sum);
            Product.MaxThreads = 1;
            Into(form, a, b, before, accumulate: true);
            Assert.Equal(before.AsSpan(), sum.AsSpan());
        }
    }

    [Fact]
    public void NonFiniteEntries_ReachTheirRowAndColumnAlone()
    {
        (Matrix a, Matrix b) = Factors(ProductForm.Plain, 30, 40, 20, 6);
        a[17, 3] = double.NaN;
        b[5, 33] = double.PositiveInfinity;
        Matrix c = Product.Multiply(a, b);
        for (int i = 0; i < 30; i++)
            for (int j = 0; j < 40; j++)
                Assert.Equal(i != 17 && j != 33, double.IsFinite(c[i, j]));
    }

    [Fact]
    public void SizesThatDoNotFit_AreBothNamed()
    {
        var a = new Matrix(3, 4);
        var b = new Matrix(5, 6);
        foreach (ProductForm form in Enum.GetValues<ProductForm>())
        {
            string message = Assert.Throws<ShapeMismatchException>(() => New(form, a, b)).Message;
            Assert.Contains("3×4", message, StringComparison.Ordinal);
            Assert.Contains("5×6", message, StringComparison.Ordinal);
        }
        string destination = Assert.Throws<ShapeMismatchException>(() => Product.Multiply(a, new Matrix(4, 2), new Matrix(2, 3))).Message;
        Assert.Contains("3×2", destination, StringComparison.Ordinal);
        Assert.Contains("2×3", destination, StringComparison.Ordinal);
        Assert.Throws<ShapeMismatchException>(() => Product.Gram(a, new Matrix(3, 3)));
        Assert.Throws<ShapeMismatchException>(() => Product.OuterGram(a, new Matrix(4, 4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Product.MaxThreads = 0);
    }

    private static Matrix New(ProductForm form, Matrix a, Matrix b) => form switch
    {
        ProductForm.TransposedLeft => Product.MultiplyTransposedLeft(a, b),
        ProductForm.TransposedRight => Product.MultiplyTransposedRight(a, b),
        _ => Product.Multiply(a, b),
    };

    private static void Into(ProductForm form, Matrix a, Matrix b, Matrix c, bool accumulate)
    {
        switch (form)
        {
            case ProductForm.TransposedLeft:
                Product.MultiplyTransposedLeft(a, b, c, accumulate);
                break;
            case ProductForm.TransposedRight:
                Product.MultiplyTransposedRight(a, b, c, accumulate);
                break;
            default:
                Product.Multiply(a, b, c, accumulate);
                break;
        }
    }
}
