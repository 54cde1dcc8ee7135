using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class OutputCorrectionTests
{
    [Fact]
    public void Corrections_BringTheOutputsOfAStepToTheirLinearPrediction()
    {
        Setting setting = Start();
        Network step = new(setting.Network.Specification), trial = new(setting.Network.Specification);
        setting.Metric.Solve(setting.Gradient, step);
        TensorPrimitives.Multiply(step.Parameters, -0.3, step.Parameters);
        Matrix change = new CurvatureOperator(setting.Network.Specification, setting.Point.Data.SampleCount).OutputChange(setting.Point, setting.Network, step);
        TensorPrimitives.Add(setting.Point.Features[^1].AsSpan(), change.AsSpan(), setting.Correction.Target.AsSpan());
        TensorPrimitives.Add(setting.Network.Parameters, step.Parameters, trial.Parameters);
        ObjectiveValue value = setting.Other.ValueWithSlopes(trial);
        double before = Departure(setting);
        setting.Correction.Correct(setting.Metric, setting.Other, trial, value, residual: 1, predicted: 1e-12, isFar: true);
        Assert.True(Departure(setting) < 1e-2 * before, $"{before:E2} → {Departure(setting):E2}");
    }

    [Fact]
    public void ChordSteps_LowerTheObjective_AndLeaveItAtThePointThatTheyReturn()
    {
        Setting setting = Start();
        var to = new Network(setting.Network.Specification);
        double[] start = [.. setting.Network.Parameters];
        setting.Point.Data.Targets.CopyTo(setting.Correction.Target);
        ObjectiveValue reached = setting.Correction.Approach(setting.Metric, setting.Point, setting.Network, setting.Value, setting.Other, to, out int steps);
        Assert.InRange(steps, 1, 12);
        Assert.True(reached.Total < 0.5 * setting.Value.Total, $"{setting.Value.Total:E3} → {reached.Total:E3} in {steps} steps");
        Assert.Equal(start, setting.Network.Parameters);
        Matrix seen = setting.Other.Features[^1].Copy();
        Assert.Equal(reached.Total, setting.Other.ValueWithSlopes(to).Total);
        Assert.Equal(seen.AsSpan().ToArray(), setting.Other.Features[^1].AsSpan().ToArray());
    }

    [Fact]
    public void WhereTheDataAreFitted_NoChordStepIsTaken()
    {
        Setting setting = Start();
        setting.Point.Features[^1].CopyTo(setting.Correction.Target);
        ObjectiveValue fitted = new(1, 0.01, 0.9, 0.09);
        ObjectiveValue reached = setting.Correction.Approach(setting.Metric, setting.Point, setting.Network, fitted, setting.Other, new Network(setting.Network.Specification), out int steps);
        Assert.Equal(0, steps);
        Assert.Equal(fitted, reached);
    }

    private static double Departure(Setting setting)
    {
        var departure = new double[setting.Correction.Target.Length];
        TensorPrimitives.Subtract(setting.Other.Features[^1].AsSpan(), setting.Correction.Target.AsSpan(), departure);
        return TensorPrimitives.Norm<double>(departure);
    }

    private static Setting Start()
    {
        // Fewer samples than inputs and a wide network: it can interpolate.
        int[] labels = [.. Enumerable.Range(0, 30).Select(i => i % 3)];
        DataSet data = DataSet.FromLabels("wide", RandomMatrix.Gaussian(40, 30, new RandomStream(1, RandomPurpose.Data)), labels, 3);
        var network = new Network(new NetworkSpecification(40, [40, 40, 40, 3]));
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 3);
        var problem = new TrainingProblem(network, data, new ObjectiveSettings { Lambda = 1e-4, Delta = 0.1 });
        NetworkSpecification specification = network.Specification;
        Objective point = new(specification, problem.Data, problem.Settings, keepsCurvature: true), other = new(specification, problem.Data, problem.Settings, keepsCurvature: true);
        var gradient = new Network(specification);
        ObjectiveValue value = point.ValueAndGradient(problem.Network, gradient);
        var metric = new KernelPreconditioner(specification, problem.Settings.Loss, problem.Data.SampleCount);
        metric.Build(point, problem.Network);
        return new Setting(problem.Network, gradient, point, other, value, metric, new OutputCorrection(specification, problem.Data.SampleCount));
    }

    private sealed record Setting(Network Network, Network Gradient, Objective Point, Objective Other, ObjectiveValue Value, KernelPreconditioner Metric, OutputCorrection Correction);
}
