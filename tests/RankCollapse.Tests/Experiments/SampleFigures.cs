using RankCollapse.Cli.Output;
using RankCollapse.Experiments.Depth;
using RankCollapse.Experiments.Figure1;
using RankCollapse.Experiments.Figure2;
using RankCollapse.Experiments.Figure3;
using RankCollapse.Experiments.Figure5;
using RankCollapse.Experiments.Ranks;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Inspections;
using RankCollapse.Reporting.Panels;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Results;
using RankCollapse.Tests.Experiments.Depth;
using RankCollapse.Tests.Experiments.Figure1;
using RankCollapse.Tests.Experiments.Figure2;
using RankCollapse.Tests.Experiments.Figure5;
using RankCollapse.Tests.Reporting;
using RankCollapse.Tests.Theory;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Paths;
using RankCollapse.Theory.RepresentationCosts;
using RankCollapse.Training;

namespace RankCollapse.Tests.Experiments;

/// <summary>A figure of every kind, made without training.</summary>
internal static class SampleFigures
{
    /// <summary>All kinds; two for those of runs, of a network that has collapsed and of a deep one that has not.</summary>
    public static IReadOnlyList<Figure> All() =>
    [
        .. OfRuns(), Forecast(), Path(), Stability(), .. Inspected(), .. Sweeps(), .. OfThePaper(),
    ];

    private static IEnumerable<Figure> OfRuns()
    {
        foreach (Run run in (Run[])[SampleRuns.Collapsed(), new SyntheticRun { Depth = 9, Classes = 10, PerClass = 4, Width = 44, Progress = 0.3 }.Build()])
        {
            var measured = new RunMeasurements(run);
            foreach (RunFigure figure in RunFigure.All) yield return figure.Of(measured);
        }
    }

    private static Figure Forecast()
    {
        Run run = SampleRuns.Collapsed();
        Forecast Of(string source, double factor) => new()
        {
            Source = source,
            Layers = [.. run.Summary.Layers.Select(l => new ForecastLayer(
                l.Layer, [.. l.FeatureSingularValues.Take(3).Select(s => factor * s)], [.. l.WeightSingularValues.Take(3).Select(s => factor * s)]))],
            ObjectivePerLambda = 1,
            Objective = 1,
            Seconds = 0,
        };
        return ForecastFigure.Draw([Of("penalised recursion", 1.01), Of("Theorem 4.2", 1.2), Of("centroid problem", 1)], run.Summary);
    }

    private static Figure Path()
    {
        RandomStream stream = Instances.Stream(3);
        FeatureProblem problem = Instances.Square(stream, 4, 5, 2, Activation.Parse("asinh"));
        CollapsePath path = CollapsePath.Compute(problem, Instances.Interpolating(problem, stream), new CollapsePathOptions { SamplesPerLayer = 16 });
        return PathFigure.Draw(path);
    }

    private static Figure Stability()
    {
        FeatureProblem problem = Instances.Square(Instances.Stream(4), 3, 6, 2, Activation.Tanh);
        return StabilityFigure.Draw(StabilityFamily.Follow(problem.Specification, problem.Data, new ObjectiveSettings(), [1e-1, 1e-3]));
    }

    private static IEnumerable<Figure> Inspected()
    {
        var layers = SampleInspections.Usual().Layers;
        return [InspectionFigures.Ranks(layers), InspectionFigures.Spectrum(layers.First(l => l.Spectrum.PowerLaw is not null), 1)];
    }

    /// <summary>A metric that is 0 in places, over λ and the width: a heat map and lines.</summary>
    public static IEnumerable<Figure> Sweeps()
    {
        double[] lambdas = [.. Enumerable.Range(0, 9).Select(i => Math.Pow(10, -5 + (0.5 * i)))];
        long[] widths = [4, 8, 16];
        var groups = new MetricGroups(
            [
                .. from lambda in lambdas
                   from width in widths
                   select Group(lambda, width, width == 4 && lambda > 1e-2 ? 0 : 1e-3 * lambda * lambda * width),
            ],
            ["seed"], [], 0);
        var request = new MetricRequest { Metric = "weightTailEnergy", Layer = "last", X = "lambda", Y = "width" };
        var style = new MetricFigureStyle("median", "quartiles", null);
        return [MetricFigure.HeatMap(request, groups, style), MetricFigure.Lines(request, groups, style)];

        static MetricGroup Group(double lambda, long width, double value) =>
            new(lambda, width, 2, 2, value, 0.7 * value, 1.5 * value, 0.7 * value, 1.5 * value, value, 0.1 * value, [0.9 * value, 1.1 * value]);
    }

    private static IEnumerable<Figure> OfThePaper()
    {
        SpectraData spectra = SpectraVerdictsTests.Data(root: 0.7, drift: 0.1);
        var collapse = new CollapseExperiment();
        return
        [
            TailEnergyFigure.Draw("Energy beyond rank K", TailEnergyVerdictsTests.Grids((lambda, sigma) => Math.Min(1, 1e-12 * Math.Pow(sigma / lambda, 2)))),
            SpectraFigure.DrawFamilies(spectra), SpectraFigure.DrawAll(spectra), ConstantFigure.Draw(spectra), SpectraFigure.DrawFirstOrder(spectra),
            .. collapse.Conclude(SyntheticReproduction.Quick, SyntheticReproduction.Collapsing(), new ParallelOptions()).Figures,
            WeightNormsFigure.Draw("Weight norms", WeightNormsVerdictsTests.Lasting(),
                [WeightNormsVerdictsTests.Stationary(1, 1), WeightNormsVerdictsTests.Stationary(1e-3, 0.1), WeightNormsVerdictsTests.Stationary(1e-6, 1e-4)]),
            .. SyntheticReproduction.Evolving().Figures,
            DepthFigure.Draw("Depth", [DepthVerdictsTests.Point(3, 2), DepthVerdictsTests.Point(6, 3), DepthVerdictsTests.Point(12, 4)]),
            LowerRankExperiment.Draw([new("relu", 6, 4, 4, 2, 1, 6), new("relu", 6, 4, 8, 0.9, 1, 6), new("tanh", 6, 4, 4, 2, 1, 6)]),
        ];
    }
}
