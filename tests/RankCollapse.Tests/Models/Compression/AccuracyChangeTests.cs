using CsCheck;
using RankCollapse.Models.Compression;

namespace RankCollapse.Tests.Models.Compression;

public sealed class AccuracyChangeTests
{
    [Fact]
    public void StandardErrors_AreThoseOfMeansOfSamples() =>
        Gen.Select(Gen.Bool, Gen.Bool).Array[5, 40].Sample(samples =>
        {
            int before = samples.Count(s => s.Item1), after = samples.Count(s => s.Item2), lost = samples.Count(s => s.Item1 && !s.Item2);
            var change = new AccuracyChange("data", samples.Length, before, after, lost);
            Assert.Equal(samples.Count(s => !s.Item1 && s.Item2), change.Gained);
            Assert.Equal(OfMean([.. samples.Select(s => s.Item1 ? 1.0 : 0)]), change.BeforeStandardError, 1e-12);
            Assert.Equal(OfMean([.. samples.Select(s => s.Item2 ? 1.0 : 0)]), change.AfterStandardError, 1e-12);
            double[] differences = [.. samples.Select(s => (s.Item2 ? 1.0 : 0) - (s.Item1 ? 1 : 0))];
            Assert.Equal(differences.Average(), change.Change, 1e-12);
            Assert.Equal(OfMean(differences), change.ChangeStandardError, 1e-12);
        });

    private static double OfMean(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / values.Length / values.Length);
    }
}
