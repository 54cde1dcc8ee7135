using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RankCollapse.Data;
using RankCollapse.Experiments.Figure2;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Tests.House;
using RankCollapse.Theory.Certificates;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.Paths;
using RankCollapse.Theory.RepresentationCosts;
using RankCollapse.Training;
using RankCollapse.Training.Solving;
using Architecture = RankCollapse.Networks.Architecture;

namespace RankCollapse.Tests.Golden;

/// <summary>
/// Hashes of whole results, every bit of every number, which all machines with fused multiply-add share: <c>Golden/results.txt</c>. A change that is meant
/// raises <see cref="TrainingRun.ResultVersion"/>, and is accepted by running this class with <c>RANKCOLLAPSE_REWRITE=1</c>, which writes the file anew.
/// </summary>
public sealed class GoldenResultsTests
{
    private static readonly bool IsRewritten = Environment.GetEnvironmentVariable("RANKCOLLAPSE_REWRITE") == "1";

    private static readonly string Path = System.IO.Path.Combine(SourceTree.Root, "tests", "RankCollapse.Tests", "Golden", "results.txt");

    private static readonly Dictionary<string, Func<IEnumerable<double>>> Others = new()
    {
        ["random-numbers"] = () => RandomMatrix.Gaussian(40, 50, new RandomStream(7, RandomPurpose.Data)).AsSpan().ToArray(),
        ["gaussian-mixture"] = () => GaussianMixture.Draw(60, 4, 9, 0.3, seed: 2).Inputs.AsSpan().ToArray(),
        ["initial-weights"] = () => InitialWeights(),
        ["forecast"] = () => Forecasts("gauss-newton"),
        ["forecast-residual"] = () => Forecasts("gauss-newton-residual"),
        ["certificate"] = () => Certificate("gauss-newton-sigmoid"),
        ["minimizer"] = () => Minimizer(),
        ["path"] = () => PathOfCosts(),
        ["figure-2-curve"] = () =>
            [.. new[] { 0.01, 0.3, 2 }.SelectMany(ratio => ConstantFigure.RootsAtDeltaZero(ratio, 200)), ConstantFigure.RatioWhereCIsOne(2, 200)],
    };

    private static readonly Lazy<Dictionary<string, string>> Accepted = new(() => File.ReadAllLines(Path).Skip(1)
        .Select(line => line.Split(' ', 2)).ToDictionary(parts => parts[0], parts => parts[1]));

    public static TheoryData<string> Names => [.. GoldenTrainings.All.Keys, .. Others.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Results_AreTheSameBitsAsOnEveryOtherMachine(string name)
    {
        RequireFused();
        if (IsRewritten)
        {
            Rewrite(name, LineOf(name, threads: 1));
            return;
        }
        Assert.Equal(Accepted.Value[name], LineOf(name, threads: 1));
        if (name.EndsWith("mnist", StringComparison.Ordinal)) Assert.Equal(Accepted.Value[name], LineOf(name, threads: 2));
    }

    [Fact]
    public void TheFile_IsOfThisArithmetic()
    {
        RequireFused();
        Assert.SkipWhen(IsRewritten, "The file is being written.");
        string[] lines = File.ReadAllLines(Path);
        Assert.Equal(Arithmetic.Current.ToString(), lines[0]);
        Assert.Equal(Names.Select(row => row.Data).Order(StringComparer.Ordinal), lines.Skip(1).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void Trainings_GoThroughEverythingThatTheyCanBeMadeOf()
    {
        IReadOnlyCollection<RunConfiguration> all = [.. GoldenTrainings.All.Values];
        Assert.Empty(Solvers.All.Select(solver => solver.Name).Except(all.Select(one => one.Solver)));
        Assert.Empty(Activation.All.Select(activation => activation.GetType()).Except(
            all.SelectMany(one => new[] { one.Activation, one.OutputActivation }).Select(name => Activation.Parse(name).GetType())));
        Assert.Empty(Enum.GetValues<InitializationScheme>().Except(all.Select(one => one.Init)));
        Assert.Empty(Enum.GetValues<Architecture>().Except(all.Select(one => one.Architecture)));
        Assert.Empty(Enum.GetValues<Loss>().Except(all.Select(one => one.Loss)));
        Assert.Empty(Enum.GetValues<Convention>().Except(all.Select(one => one.Convention)));
    }

    private static void RequireFused() =>
        Assert.SkipUnless(Arithmetic.Current.IsFused, $"{Arithmetic.Notice} What was agreed on is what machines with it compute.");

    /// <summary>Everything but the name: hashes, and for trainings the objective, so that a difference says its size.</summary>
    private static string LineOf(string name, int threads)
    {
        if (!GoldenTrainings.All.TryGetValue(name, out RunConfiguration? configuration)) return Hash(Others[name]());
        Run run = TrainingRun.Start(configuration with { Threads = threads }, null).Run;
        string objective = run.Summary.Objective.ToString("R", CultureInfo.InvariantCulture);
        return $"weights {Hash(run.Trained.Parameters)} numbers {Hash(NumbersOf(run))} objective {objective}";
    }

    /// <summary>Every number of summary and records but the seconds.</summary>
    private static IEnumerable<double> NumbersOf(Run run)
    {
        IEnumerable<double> Measured(IReadOnlyDictionary<string, double?> numbers) =>
            numbers.Where(number => number.Key != "seconds").OrderBy(number => number.Key, StringComparer.Ordinal).Select(number => number.Value ?? double.NaN);
        return
        [
            .. Measured(run.Summary.Numbers),
            .. run.Summary.Layers.SelectMany(layer => Measured(layer.Numbers).Concat(layer.WeightSingularValues).Concat(layer.FeatureSingularValues)
                .Concat(layer.PredictedFeatureSingularValues ?? [])),
            .. run.Metrics.Where(record => record.Metric != "seconds").SelectMany(record => new[] { record.Epoch, record.Layer, record.Value }),
        ];
    }

    private static IEnumerable<double> InitialWeights()
    {
        var specification = new NetworkSpecification(30, [21, 34, 5]);
        foreach (InitializationScheme scheme in Enum.GetValues<InitializationScheme>())
        {
            var network = new Network(specification);
            Initialization.Initialize(network, scheme, seed: 3);
            foreach (double weight in network.Parameters) yield return weight;
        }
    }

    private static IEnumerable<double> Forecasts(string training)
    {
        (DataSet data, NetworkSpecification specification, ObjectiveSettings settings) = ProblemOf(GoldenTrainings.All[training]);
        return ForecastSet.Compute(specification, data, settings).Forecasts.SelectMany(forecast => forecast.Layers
            .SelectMany(layer => layer.FeatureSingularValues.Concat(layer.WeightSingularValues ?? [])).Prepend(forecast.Objective));
    }

    private static IEnumerable<double> Certificate(string training)
    {
        RunConfiguration configuration = GoldenTrainings.All[training];
        (DataSet data, _, ObjectiveSettings settings) = ProblemOf(configuration);
        var certification = Certification.Compute(TrainingRun.Start(configuration, null).Run.Trained, data, settings);
        return
        [
            .. certification.Certificate.Layers.SelectMany(layer => layer.Bounds
                .SelectMany(bound => new[] { bound.ExactBound, bound.CurvatureBound, bound.ProjectedBound })
                .Concat([layer.Distance, layer.StationarityResidual, layer.RoundingAllowance, layer.TightBound ?? 0])),
            .. certification.GradientRanks.SelectMany(rank => rank.SingularValues),
        ];
    }

    private static double[] Minimizer()
    {
        DataSet data = GaussianMixture.Draw(12, 3, 20, 0.3, seed: 1);
        var problem = new FeatureProblem(new NetworkSpecification(20, [12, 12, 3], hiddenActivation: Activation.Parse("asinh")), data);
        return GlobalMinimizer.Construct(problem, new GlobalMinimizerOptions { Seed = 4 }).RequireNetwork().Parameters;
    }

    private static IEnumerable<double> PathOfCosts()
    {
        DataSet data = GaussianMixture.Draw(9, 3, 15, 0.3, seed: 1);
        var specification = new NetworkSpecification(15, [9, 9, 3]);
        var network = new Network(specification);
        Initialization.Initialize(network, InitializationScheme.Orthogonal, seed: 6);
        (CollapsePath path, double scale) = CollapsePath.FromNetwork(new FeatureProblem(specification, data), network, null, new CollapsePathOptions());
        return [scale, .. path.Constants, .. path.Samples.Select(sample => sample.Cost)];
    }

    private static (DataSet Data, NetworkSpecification Specification, ObjectiveSettings Settings) ProblemOf(RunConfiguration configuration)
    {
        DataSet data = DataSource.Load(configuration.ToDataRequest());
        return (data, configuration.ToSpecification(data.InputDimension, data.OutputDimension), configuration.Resolve().ToObjectiveSettings());
    }

    private static string Hash(IEnumerable<double> numbers)
    {
        // All that is no number is alike.
        double[] all = [.. numbers.Select(number => double.IsNaN(number) ? double.NaN : number)];
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(all.AsSpan())))[..16];
    }

    private static void Rewrite(string name, string line)
    {
        string[] before = File.Exists(Path) ? File.ReadAllLines(Path) : [];
        HashSet<string> known = [.. Names.Select(row => row.Data).Where(other => other != name)];
        IEnumerable<string> others = before.Where(other => known.Contains(other.Split(' ')[0]));
        File.WriteAllLines(Path, [Arithmetic.Current.ToString(), .. others.Append($"{name} {line}").Order(StringComparer.Ordinal)]);
    }
}
