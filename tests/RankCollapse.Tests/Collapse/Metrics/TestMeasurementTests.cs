using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Collapse.Metrics;

public sealed class TestMeasurementTests
{
    private static readonly RunConfiguration Small = new()
    {
        Data = DataSource.GaussianMixtureName,
        Samples = 24,
        Classes = 3,
        Dimension = 6,
        Sigma = 0.6,
        Depth = 3,
        Width = [8],
        Convention = Convention.Mean,
        Lambda = 1e-3,
        Delta = 1,
        LambdaFeatures = 0,
        Solver = "adam",
        LearningRate = 0.01,
        Schedule = RateSchedule.Constant,
        MaxEpochs = 150,
        RecordEvery = 10,
        TestSamples = 90,
        Threads = 1,
    };

    /// <summary>The parts of 1,024 samples add up to what all samples at once give.</summary>
    [Theory]
    [InlineData(Loss.Squared)]
    [InlineData(Loss.CrossEntropy)]
    public void Numbers_AreThoseOfTheirDefinitions(Loss loss)
    {
        DataSet training = GaussianMixture.Draw(1500, 3, 4, 0.8, 1), test = GaussianMixture.Draw(1300, 3, 4, 0.8, 2);
        var network = new Network(new NetworkSpecification(4, [5, 3]));
        Initialization.Initialize(network, InitializationScheme.Gaussian, 1);
        var found = TestMeasurement.Of(network, training, test, loss);
        Matrix[] features = network.Features(test.Inputs), seen = network.Features(training.Inputs);
        Matrix f = features[2];
        double sum = 0, right = 0;
        for (int i = 0; i < test.SampleCount; i++)
        {
            double[] outputs = [f[0, i], f[1, i], f[2, i]];
            sum += loss == Loss.Squared ? 0.5 * outputs.Select((value, k) => Math.Pow(value - test.Targets[k, i], 2)).Sum()
                : Math.Log(outputs.Sum(Math.Exp)) - outputs[test.Labels[i]];
            if (outputs.ToList().IndexOf(outputs.Max()) == test.Labels[i]) right++;
        }
        Assert.Equal(sum / test.SampleCount, found.Loss, 1e-12);
        Assert.Equal(right / test.SampleCount, found.Accuracy!.Value, 1e-15);
        for (int l = 1; l <= 2; l++)
        {
            Matrix means = ClassCentroids.Compute(seen[l], Partition.OfClasses(training)!).Centroids;
            int near = Enumerable.Range(0, test.SampleCount).Count(i => Enumerable.Range(0, 3)
                .MinBy(k => Enumerable.Range(0, means.Rows).Sum(r => Math.Pow(features[l][r, i] - means[r, k], 2))) == test.Labels[i]);
            Assert.Equal((double)near / test.SampleCount, found.Layers[l - 1].NearestMeanAccuracy!.Value, 1e-15);
            double variation = CollapseMeasurement.Measure(network, test)[l - 1].TotalClusterVariation!.Upper;
            Assert.InRange(found.Layers[l - 1].TotalClusterVariation!.Value, variation * (1 - 1e-9), 1.2 * variation);
        }
    }

    [Fact]
    public void ATraining_RecordsAndSumsUpTestData_AlsoWhenResumed()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run");
        Run whole = TrainingRun.Start(Small, null).Run;
        TrainingRun.Start(Small with { MaxEpochs = 60 }, path);
        Run resumed = TrainingRun.Resume(path, stored => stored with { MaxEpochs = 150 }).Run;
        Assert.Equal(90, RunFolder.Open(path).ReadTestSet()!.SampleCount);
        foreach (Run run in (Run[])[whole, resumed])
        {
            MetricRecord[] accuracies = [.. run.Metrics.Where(record => record.Metric == TestMetrics.TrainAccuracy.Key)];
            Assert.Equal(run.Metrics.Where(record => record.Metric == "objective").Select(record => record.Epoch), accuracies.Select(record => record.Epoch));
            Assert.Equal(run.Summary.Number(TestMetrics.TrainAccuracy), accuracies[^1].Value);
            Assert.InRange(run.Summary.Number(TestMetrics.Accuracy)!.Value, 0.5, 1);
            long since = accuracies.Reverse().TakeWhile(record => record.Value == 1).Last().Epoch;
            Assert.Equal(since, run.Summary.Number(TestMetrics.InterpolationEpoch));
            Assert.All(run.Summary.Layers, layer => Assert.NotNull(layer.Number(TestMetrics.NearestMeanAccuracy)));
            Assert.Contains(run.Metrics, record => record.Layer == 2 && record.Metric == TestMetrics.TotalClusterVariation.Key);
        }
        Assert.Equal(whole.Metrics.Select(record => record with { Seconds = 0 }), resumed.Metrics.Select(record => record with { Seconds = 0 }));
        Assert.Equal(whole.Trained.Parameters, TrainingRun.Start(Small with { TestSamples = null }, null).Run.Trained.Parameters);
    }

    [Fact]
    public void WithoutTestData_NothingIsSaid()
    {
        Run run = TrainingRun.Start(Small with { TestSamples = null, MaxEpochs = 3 }, null).Run;
        Assert.DoesNotContain(run.Summary.Numbers.Keys, key => MetricTable.All.Find(key)?.Topic == MetricTopic.Test);
        Assert.DoesNotContain(run.Metrics, record => MetricTable.All.Find(record.Metric)!.Topic == MetricTopic.Test);
    }
}
