using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>Parameters with the objective's value, and gradient where it was asked for, and with what the passes there left behind.</summary>
/// <param name="objective">The objective, which keeps curvature; it serves this point alone.</param>
internal sealed class NewtonPoint(Objective objective)
{
    /// <summary>The objective after its last evaluation here.</summary>
    public Objective Objective { get; } = objective;

    /// <summary>Θ.</summary>
    public Network Network { get; } = new(objective.Specification);

    /// <summary>∇J, after <see cref="EvaluateGradient"/>.</summary>
    public Network Gradient { get; } = new(objective.Specification);

    /// <summary>J at the last evaluation.</summary>
    public ObjectiveValue Value { get; private set; }

    /// <summary>f(X), K×N, of the last evaluation.</summary>
    public Matrix Outputs => Objective.Features[^1];

    /// <summary>Evaluates J, with all that <see cref="EvaluateGradient"/> needs.</summary>
    public double Evaluate()
    {
        Value = Objective.ValueWithSlopes(Network);
        return Value.Total;
    }

    /// <summary>Evaluates ∇J where <see cref="Evaluate"/> was called last.</summary>
    public void EvaluateGradient() => Value = Objective.Backward(Network, Gradient);
}
