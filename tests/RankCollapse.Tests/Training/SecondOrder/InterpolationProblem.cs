using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

/// <summary>The start of a problem that a network can interpolate (fewer samples than inputs, a wide network), with its preconditioner.</summary>
internal sealed record InterpolationProblem(NewtonPoint Start, NewtonPoint Other, KernelPreconditioner Preconditioner)
{
    public NetworkSpecification Specification => Start.Objective.Specification;

    public int Samples => Start.Objective.Data.SampleCount;

    public static InterpolationProblem Create()
    {
        int[] labels = [.. Enumerable.Range(0, 30).Select(i => i % 3)];
        DataSet data = DataSet.FromLabels("wide", RandomMatrix.Gaussian(40, 30, new RandomStream(1, RandomPurpose.Data)), labels, 3);
        var specification = new NetworkSpecification(40, [40, 40, 40, 3]);
        var settings = new ObjectiveSettings { Lambda = 1e-4, Delta = 0.1 };
        NewtonPoint start = Point(), other = Point();
        Initialization.Initialize(start.Network, InitializationScheme.Orthogonal, 3);
        start.Evaluate();
        start.EvaluateGradient();
        var preconditioner = new KernelPreconditioner(specification, settings.Loss, data.SampleCount);
        preconditioner.Build(start.Objective, start.Network);
        return new InterpolationProblem(start, other, preconditioner);

        NewtonPoint Point() => new(new Objective(specification, data, settings, keepsCurvature: true));
    }
}
