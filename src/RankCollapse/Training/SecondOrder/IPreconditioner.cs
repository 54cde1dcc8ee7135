using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>A symmetric positive definite model M of the Gauss–Newton matrix that is cheap to invert; its norm is that of the trust region.</summary>
internal interface IPreconditioner
{
    /// <summary>The largest kernel matrix, KN rows: 4096² doubles are 128 MiB and take some 0.3 s to factor on one core.</summary>
    private const int LargestKernel = 4096;

    /// <summary>Whether <see cref="Restore"/> changes the outputs just as asked, to the accuracy of the linear model.</summary>
    bool ResolvesOutputs { get; }

    /// <summary>Builds M at the point of the objective's last gradient.</summary>
    void Build(Objective point, Network network);

    /// <summary>result = M^{-1}·v.</summary>
    void Solve(Network v, Network result);

    /// <summary>result = M^{-1}Jᵀ·D''·outputs: the least change of the parameters, in the norm of the penalties' model, that changes the outputs so.</summary>
    void Restore(Matrix outputs, Network result);

    /// <summary>
    /// The preconditioner for a number of outputs: in function space where its kernel matrix is not too large, with rows for kinks where activations have
    /// some, block by block otherwise.
    /// </summary>
    static IPreconditioner Create(NetworkSpecification specification, Loss loss, int samples)
    {
        if ((long)specification.OutputDimension * samples > LargestKernel) return new KroneckerPreconditioner(specification, samples);
        return specification.Activations.Any(activation => activation is RoundedActivation)
            ? new KinkPreconditioner(specification, loss, samples, LargestKernel)
            : new KernelPreconditioner(specification, loss, samples);
    }
}
