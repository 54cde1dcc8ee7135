using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>A symmetric positive definite model M of the Gauss–Newton matrix that is cheap to invert; its norm is that of the trust region.</summary>
internal interface IPreconditioner
{
    /// <summary>Whether <see cref="Restore"/> changes the outputs just as asked, to the accuracy of the linear model.</summary>
    bool ResolvesOutputs { get; }

    /// <summary>Builds M at the point of the objective's last gradient.</summary>
    void Build(Objective point, Network network);

    /// <summary>result = M^{-1}·v.</summary>
    void Solve(Network v, Network result);

    /// <summary>result = M^{-1}Jᵀ·D''·outputs: the least change of the parameters, in the norm of the penalties' model, that changes the outputs so.</summary>
    void Restore(Matrix outputs, Network result);
}
