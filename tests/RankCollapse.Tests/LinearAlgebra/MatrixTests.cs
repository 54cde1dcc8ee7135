using CsCheck;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class MatrixTests
{
    private static readonly Gen<Matrix> Any =
        from rows in Gen.Int[0, 40]
        from columns in Gen.Int[0, 40]
        from entries in Gen.Double[-2, 2].Array[rows * columns]
        select new Matrix(entries, 0, rows, columns);

    [Fact]
    public void Transpose_HasTheEntryOfColumnAndRow() =>
        Any.Sample(a =>
        {
            Matrix transpose = a.Transpose();
            return Enumerable.Range(0, a.Rows).All(i => Enumerable.Range(0, a.Columns).All(j => transpose[j, i] == a[i, j]));
        });

    [Fact]
    public void Transpose_Twice_IsTheMatrix() => Any.Sample(a => a.Transpose().Transpose().AsSpan().SequenceEqual(a.AsSpan()));

    [Fact]
    public void Transpose_SwapsTheSizes() => Any.Sample(a => a.Transpose() is var t && t.Rows == a.Columns && t.Columns == a.Rows);

    [Fact]
    public void FromRows_OfTheRows_IsTheMatrix() =>
        Any.Where(a => a.Rows > 0)
            .Sample(a => Matrix.FromRows([.. Enumerable.Range(0, a.Rows).Select(i => a.Row(i).ToArray())]).AsSpan().SequenceEqual(a.AsSpan()));

    [Fact]
    public void Block_OfAMatrix_HoldsItsEntries()
    {
        Matrix a = Matrix.FromEntries(5, 7, (i, j) => (10 * i) + j), block = a.Block(2, 3, 2, 4);
        Assert.Equal([23, 24, 25, 26, 33, 34, 35, 36], block.AsSpan().ToArray());
    }

    [Fact]
    public void Copies_ShareNothing()
    {
        Matrix a = Matrix.Identity(3), copy = a.Copy(), block = a.Block(0, 0, 2, 2);
        a[0, 0] = 7;
        Assert.Equal((1.0, 1.0), (copy[0, 0], block[0, 0]));
    }

    [Fact]
    public void Views_ShareMemory_AndNothingOutsideThem()
    {
        var a = new Matrix(4, 3);
        a.RowView(1, 2).AsSpan().Fill(1);
        Assert.Equal([0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0], a.AsSpan().ToArray());
    }

    [Fact]
    public void Storage_ThatIsTooShort_IsRefusedWithBothSizes()
    {
        string message = Assert.Throws<ShapeMismatchException>(() => new Matrix(new double[6], 1, 2, 3)).Message;
        Assert.Contains("2×3 matrix needs 6 entries from index 1, but the array has 6", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_OfDifferentLength_AreRefusedWithBothLengths() =>
        Assert.Contains(
            "Row 1 has 1 entries, but row 0 has 2",
            Assert.Throws<ShapeMismatchException>(() => Matrix.FromRows([1, 2], [3])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Copying_ToAnotherSize_IsRefusedWithBothSizes() =>
        Assert.Contains(
            "2×3 matrix to a 3×2 one",
            Assert.Throws<ShapeMismatchException>(() => new Matrix(2, 3).CopyTo(new Matrix(3, 2))).Message,
            StringComparison.Ordinal);
}
