using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Normal steps: −M^{-1}∇J says how the outputs should change for the residual to balance the penalties, and the least change of the weights that
/// does so is taken as long as objective and gradient fall.
/// </summary>
internal sealed class NormalSteps(SpareNetworks spare, int samples) : INewtonPhase
{
    private const int MostSteps = 3;

    /// <summary>Another step is worth while where the last one left no more than this share of the gradient.</summary>
    private const double LargestRatio = 0.3;

    private readonly Matrix _outputChange = new(spare.Specification.OutputDimension, samples);

    /// <inheritdoc/>
    public StepOutcome? Take(NewtonIterate iterate)
    {
        if (iterate.Memory.Stage != NewtonStage.Newton) return null;
        int steps = 1;
        while (TakeOne(iterate) && steps < MostSteps) steps++;
        return null;
    }

    /// <summary>Tries one step.</summary>
    /// <returns>Whether another one is worth while.</returns>
    private bool TakeOne(NewtonIterate iterate)
    {
        NewtonPoint current = iterate.Current, trial = iterate.Trial;
        using SpareNetworks.Loan step = spare.Lend(), change = spare.Lend();
        double before = current.Objective.GradientSize.Norm;
        iterate.Preconditioner.Solve(current.Gradient, step.Network);
        iterate.OutputChange(step.Network).CopyTo(_outputChange);
        iterate.Preconditioner.Restore(_outputChange, change.Network);
        TensorPrimitives.Subtract(current.Network.Parameters, change.Parameters, trial.Network.Parameters);
        if (!(trial.Evaluate() <= current.Value.Total * (1 + NewtonIterate.Rounding))) return false;
        iterate.EvaluateTrialGradient();
        double after = trial.Objective.GradientSize.Norm;
        if (!(after < before)) return false;
        iterate.Accept();
        return !(after > LargestRatio * before);
    }
}
