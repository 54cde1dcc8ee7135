using System.Numerics.Tensors;
using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class CentroidProblemTests
{
    private const double Stiffness = 0.9;

    private static readonly ObjectiveSettings Settings = new() { Lambda = 0.2, Delta = 0.7 };

    /// <summary>Data of three classes with the cheapest first layer B.</summary>
    private static readonly Gen<(DataSet Data, CentroidProblem Problem, CentroidFirstLayer Best)> Problems =
        from sizes in Gen.Int[1, 5].Array[3]
        from data in Classes(sizes.Sum(), sizes)
        let problem = new CentroidProblem(new NetworkSpecification(data.InputDimension, [4, 3]), data, Settings)
        select (data, problem, problem.FirstLayer(CentroidStiffness.Uniform(Stiffness, problem.Sizes)));

    [Fact]
    public void FirstLayer_SendsClassMeansToTheirPoints() =>
        Problems.Sample(
            p => Frobenius.Distance(Product.Multiply(p.Best.ToClasses, Means(p.Data, p.Problem)), Matrix.Identity(3)) < 1e-10,
            iter: 200);

    [Fact]
    public void Spread_HasNoClassMeans() =>
        Problems.Sample(p => Frobenius.Norm(Product.MultiplyTransposedRight(p.Best.Spread, Indicator(p.Data))) < 1e-9, iter: 200);

    [Fact]
    public void FirstLayer_OfAPenalty_IsTheCheapestWithItsClassMeans()
    {
        // Other maps with the same class means B·X̄ = I cost more, row for row.
        Gen<(DataSet Data, CentroidProblem Problem, CentroidFirstLayer Best, Matrix Change)> changes =
            Problems.SelectMany(p => Gen.Select(Matrices.OfEntries(3, p.Data.InputDimension), Logarithmic(1e-3, 1))
                .Select((change, size) => (p.Data, p.Problem, p.Best, change.Scaled(size))));
        changes.Sample(
            c =>
            {
                Matrix means = Means(c.Data, c.Problem), other = c.Best.ToClasses.Copy();
                Matrix within = Product.Multiply(Product.Multiply(c.Change, means), PseudoInverse.Compute(means).Inverse);
                TensorPrimitives.Add(other.AsSpan(), c.Change.AsSpan(), other.AsSpan());
                TensorPrimitives.Subtract(other.AsSpan(), within.AsSpan(), other.AsSpan());
                return Enumerable.Range(0, 3).All(k => Cost(c.Data, other, k) >= Cost(c.Data, c.Best.ToClasses, k) * (1 - 1e-12));
            },
            iter: 400);
    }

    [Fact]
    public void Data_WithoutClasses_AreRefused()
    {
        var regression = new DataSet("regression", Matrix.Identity(4), Matrix.Identity(4), []);
        Assert.Throws<InvalidInputException>(() => new CentroidProblem(new NetworkSpecification(4, [4]), regression, Settings));
    }

    private static Matrix Indicator(DataSet data) => Matrix.FromEntries(3, data.SampleCount, (k, i) => data.Labels[i] == k ? 1 : 0);

    private static Matrix Means(DataSet data, CentroidProblem problem)
    {
        Matrix means = Product.MultiplyTransposedRight(data.Inputs, Indicator(data));
        for (int i = 0; i < means.Rows; i++) TensorPrimitives.Divide(means.Row(i), problem.Sizes, means.Row(i));
        return means;
    }

    private static double Cost(DataSet data, Matrix map, int row)
    {
        Matrix spread = Product.Multiply(map, data.Inputs), indicator = Indicator(data);
        TensorPrimitives.Subtract(spread.AsSpan(), indicator.AsSpan(), spread.AsSpan());
        double firstPenalty = Settings.Lambda * Settings.Delta;
        return (Stiffness * TensorPrimitives.SumOfSquares<double>(spread.Row(row))) + (firstPenalty * TensorPrimitives.SumOfSquares<double>(map.Row(row)));
    }
}
