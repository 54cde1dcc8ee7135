using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.RepresentationCosts;

public sealed class LemmaA6SequenceTests
{
    /// <summary>Sequences at steps 0.1 … 1e−4 towards a limit whose rank is below that of the target.</summary>
    private static readonly Gen<IReadOnlyList<LemmaA6Point>> Sequences =
        from samples in Gen.Int[3, 7]
        from n in Gen.Int[2, samples - 1]
        from rank in Gen.Int[1, n - 1]
        from target in Matrices.WellConditioned(n, samples)
        from limit in Matrices.OfSpectrum(n + samples, samples, Matrices.Spectra(rank, 0.5, 1.5))
        select LemmaA6Sequence.Along(target, limit, [1e-1, 1e-2, 1e-3, 1e-4]);

    [Fact]
    public void Target_IsRepresentableByEveryMember() => Sequences.Sample(points => points.All(p => p.Residual < 1e-8), iter: 200);

    [Fact]
    public void Distance_FromTheLimit_FallsWithTheStep() =>
        Sequences.Sample(points => points.Zip(points.Skip(1)).All(p => p.Second.Distance < p.First.Distance), iter: 200);

    [Fact]
    public void Value_GrowsAsTheInverseSquareOfTheDistance() =>
        Sequences.Sample(points => Math.Abs((points[3].Value / points[2].Value) - 100) < 10, iter: 200);

    [Fact]
    public void RepresentableLimit_IsRefused()
    {
        Matrix a = Gaussian(3, 5, Stream(1));
        Assert.Throws<InvalidInputException>(() => LemmaA6Sequence.Along(a, a, [0.1]));
    }

    [Fact]
    public void LimitWithoutRoom_IsRefused()
    {
        var error = Assert.Throws<InvalidInputException>(() => LemmaA6Sequence.Along(Matrix.Identity(3), Matrix.FromRows([1, 0, 0]), [0.1]));
        Assert.Contains("no room", error.Message);
    }
}
