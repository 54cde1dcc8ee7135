using RankCollapse.Models;
using RankCollapse.Reporting.Inspections;
using RankCollapse.Reporting.Panels;
using RankCollapse.Tests.Experiments;

namespace RankCollapse.Tests.Reporting.Inspections;

public sealed class InspectionFiguresTests
{
    private static readonly Inspection Usual = SampleInspections.Usual();

    [Fact]
    public void Ranks_HaveABarADotAndATickForEachLayer()
    {
        Panel panel = InspectionFigures.Ranks(Usual.Layers).Panels.Single();
        double[] Places(params Mark[] marks) => [.. panel.Series.Where(s => marks.Contains(s.Mark)).SelectMany(s => s.X).Order()];
        double[] numbers = [.. Enumerable.Range(1, Usual.Layers.Count).Select(i => (double)i)];
        Assert.Equal(numbers, Places(Mark.Bars));
        Assert.Equal(numbers, Places(Mark.Dots));
        Assert.Equal(numbers, Places(Mark.Dashes));
        Assert.All(panel.Series.SelectMany(s => s.Y), part => Assert.InRange(part, 0, 100));
    }

    [Fact]
    public void Pictures_OfEveryLayer_AreSound()
    {
        FigurePictures.RequireSound(InspectionFigures.Ranks(Usual.Layers));
        for (int i = 0; i < Usual.Layers.Count; i++) FigurePictures.RequireSound(InspectionFigures.Spectrum(Usual.Layers[i], i + 1));
    }

    [Fact]
    public void PowerLaw_IsALineInTheTail()
    {
        InspectedLayer layer = Usual.Layers.First(l => l.Spectrum.PowerLaw is not null);
        Series law = InspectionFigures.Spectrum(layer, 1).Panels.Last().Series[0];
        double slope = Math.Log(law.Y[1] / law.Y[0]) / Math.Log(law.X[1] / law.X[0]);
        Assert.Equal(1 - layer.Spectrum.PowerLaw!.Exponent, slope, 1e-9);
    }

    [Fact]
    public void Spectrum_OfZeroWeights_SaysSo()
    {
        InspectedLayer zero = Usual.Layers.First(l => l.Spectrum.SpectralNorm == 0);
        Assert.Equal("all weights are 0", InspectionFigures.Spectrum(zero, 1).Panels.First().Note);
    }
}
