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
        Assert.Equal([VerdictOutcome.NotReproduced, VerdictOutcome.NotReproduced], verdicts.Take(2).Select(v => v.Outcome));
    }

    [Fact]
    public void Pictures_AreSound()
    {
        SpectraData data = Data(root: 0.7, drift: 0.1);
        FigurePictures.RequireSound(SpectraFigure.DrawFamilies(data));
        FigurePictures.RequireSound(SpectraFigure.DrawAll(data));
        FigurePictures.RequireSound(ConstantFigure.Draw(data));
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

    [Fact]
    public void FirstOrderTraining_FromOrthogonalWeights_BeginsWithC1()
    {
        var configuration = new RunConfiguration { Samples = 40, Width = [40], Depth = LayerSpectra.Depth, Solver = "adam", LearningRate = 1e-3, MaxEpochs = 3, Threads = 1 };
        Matrix records = FirstOrderConstants.Run(configuration, CancellationToken.None).Matrices[FirstOrderConstants.Name];
        Assert.Equal([0.0, 1, 2, 3], Enumerable.Range(0, records.Rows).Select(i => records[i, 0]));
        foreach (int l in LayerSpectra.Intermediate.SkipLast(1)) Assert.Equal(1, records[0, l], 10);
        Assert.NotEqual(1, records[3, 1], 10);
    }

    /// <summary>All families; s(Z^l) = root·prediction, with δ in all but the prediction's scale.</summary>
    private static SpectraData Data(double root, double drift)
    {
        double[] deltas = [10, 5, 2, 0.1, 0.01, 0];
        List<LayerSpectra> spectra = [.. deltas.Select(d => Spectra(SpectrumFamily.AsPrinted, d, root, drift * d)), .. deltas.Select(d => Spectra(SpectrumFamily.Means, d, root, drift * d)), .. deltas.SkipLast(1).Select(d => Spectra(SpectrumFamily.Free, d, root, drift * d))];
        Matrix firstOrder = Matrix.FromEntries(4, 11, (i, j) => j == 0 ? i : j <= 4 ? 1 - (0.01 * i) : 0.1);
        return new SpectraData(spectra, firstOrder, 200);
    }

    private static LayerSpectra Spectra(SpectrumFamily family, double delta, double root, double shift)
    {
        CellResult cell = new();
        for (int l = 1; l <= LayerSpectra.Depth; l++)
        {
            double scale = 1 + shift;
            double[] leading = [.. Enumerable.Range(0, Classes).Select(_ => scale)];
            cell.Add($"features-{l}", l == LayerSpectra.Depth ? leading : [.. leading, 1e-9, 0]).Add($"weights-{l}", leading).Add($"recursion-{l}", leading).Add($"centroid-{l}", leading);
            if (l < LayerSpectra.Depth) cell.Add($"predicted-{l}", [.. leading.Select(s => s / root), 0, 0]);
        }
        cell.WithSummary(new RunSummary
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
            Layers = [],
        });
        return new LayerSpectra(family, delta, cell);
    }
}
