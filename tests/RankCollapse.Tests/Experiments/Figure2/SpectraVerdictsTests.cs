using RankCollapse.Collapse.Metrics;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Figure2;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Experiments.Figure2;

public sealed class SpectraVerdictsTests
{
    private const int Classes = LayerSpectra.Classes;

    [Fact]
    public void Claims_OfNetworksAsThePaperTells_AreReproduced() =>
        Assert.All(SpectraVerdicts.Judge(Data(root: 1, drift: 0.01)), v => Assert.Equal(VerdictOutcome.Reproduced, v.Outcome));

    [Fact]
    public void Constant_OtherThanOne_IsNotReproduced()
    {
        ClaimVerdict fit = SpectraVerdicts.Judge(Data(root: 0.5, drift: 0.01))[3];
        Assert.Equal(VerdictOutcome.NotReproduced, fit.Outcome);
        Assert.Equal(0.5, fit.AsStated.Value, 12);
    }

    [Fact]
    public void Constant_ThatIsOneForOtherPenaltiesAlone_IsReproducedUnderThem()
    {
        SpectraData data = Data(root: 0.5, drift: 0.01);
        SpectraData mixed = data with { Spectra = [.. data.Spectra, Spectra(SpectrumFamily.OfRatio(0.02), 0, 1, 0)] };
        ClaimVerdict fit = SpectraVerdicts.Judge(mixed)[3];
        Assert.Equal(VerdictOutcome.ReproducedUnder, fit.Outcome);
        Assert.StartsWith("reproduced under λ'/λ = 0.02", fit.InWords);
    }

    [Fact]
    public void Values_ThatStillMoveWithDelta_AreNotReproduced()
    {
        IReadOnlyList<ClaimVerdict> verdicts = SpectraVerdicts.Judge(Data(root: 1, drift: 10));
        Assert.Equal([VerdictOutcome.NotReproduced, VerdictOutcome.NotReproduced], [verdicts[0].Outcome, verdicts[5].Outcome]);
    }

    [Fact]
    public void ValuesAtDeltaTwo_AreHeldAgainstThePrediction_AndNotAgainstTheirOwnLimit()
    {
        ClaimVerdict atTwo = SpectraVerdicts.Judge(Data(root: 0.5, drift: 0))[1];
        Assert.Equal(VerdictOutcome.NotReproduced, atTwo.Outcome);
        Assert.Equal(0.5, atTwo.AsStated.Value, 12);
    }

    [Fact]
    public void Pictures_AreSound()
    {
        SpectraData data = Data(root: 0.7, drift: 0.1);
        FigurePictures.RequireSound(SpectraFigure.DrawFamilies(data));
        FigurePictures.RequireSound(SpectraFigure.DrawAll(data));
        FigurePictures.RequireSound(ConstantFigure.Draw(data));
        FigurePictures.RequireSound(SpectraFigure.DrawFirstOrder(data));
    }

    [Fact]
    public void Tables_HaveARowForEachSingularValueAndLayer()
    {
        SpectraData data = Data(root: 1, drift: 0);
        IReadOnlyDictionary<string, DataTable> tables = SpectraTables.Of(data);
        Assert.Equal(data.Spectra.Count * 4, tables["constants"].RowCount);
        Assert.Equal(data.Spectra.Count * ((4 * (Classes + 2)) + Classes), tables["singular-values"].RowCount);
    }

    [Fact]
    public void RatioWhereCIsOne_InTheRecursion_GivesC1InThatLayerAlone()
    {
        foreach (int layer in LayerSpectra.Intermediate)
        {
            double[] roots = ConstantFigure.RootsAtDeltaZero(ConstantFigure.RatioWhereCIsOne(layer, 200), 200);
            Assert.Equal(1, roots[layer - 1], 10);
            Assert.Single(roots, r => Math.Abs(r - 1) < 0.05);
        }
    }

    /// <summary>All families; s(Z^l) = root·prediction, with δ in all but the prediction's scale.</summary>
    internal static SpectraData Data(double root, double drift)
    {
        double[] deltas = [10, 5, 2, 0.1, 0.01, 0];
        List<LayerSpectra> spectra =
            [.. deltas.Select(d => Spectra(SpectrumFamily.AsPrinted, d, root, drift * d)),
            .. deltas.Select(d => Spectra(SpectrumFamily.Means, d, root, drift * d)),
            .. deltas.SkipLast(1).Select(d => Spectra(SpectrumFamily.Free, d, root, drift * d))];
        Matrix firstOrder = Matrix.FromEntries(4, 11, (i, j) => j == 0 ? i : j <= 4 ? 1 - (0.01 * i) : 0.1);
        return new SpectraData(spectra, firstOrder, 200) { FirstOrderOfMeans = Spectra(SpectrumFamily.Means, 2, root, 0) };
    }

    private static LayerSpectra Spectra(SpectrumFamily family, double delta, double root, double shift)
    {
        var layers = new List<LayerSummary>();
        double[] leading = [.. Enumerable.Range(0, Classes).Select(_ => 1 + shift)];
        for (int l = 1; l <= LayerSpectra.Depth; l++)
        {
            bool isLast = l == LayerSpectra.Depth;
            layers.Add(new LayerSummary
            {
                Layer = l,
                WeightSingularValues = leading,
                FeatureSingularValues = isLast ? leading : [.. leading, 1e-9, 0],
                PredictedFeatureSingularValues = isLast ? null : [.. leading.Select(s => s / root), 0, 0],
                WeightNumericalRank = Classes,
                FeatureNumericalRank = Classes,
                WeightNorm = 1,
            });
        }
        var summary = new RunSummary
        {
            Status = TrainingStatus.Converged,
            Convention = family.Convention,
            Objective = 1,
            DataLoss = 1e-8,
            WeightPenalty = 0,
            FeaturePenalty = 0,
            GradientNorm = 0,
            RelativeGradientNorm = 1e-4,
            Epochs = 5,
            GradientEvaluations = 0,
            HessianProducts = 0,
            Seconds = 0,
            Layers = layers,
        };
        double[][] forecast = [.. layers.Select(_ => leading)];
        return new LayerSpectra(family, delta, summary, forecast, forecast);
    }
}
