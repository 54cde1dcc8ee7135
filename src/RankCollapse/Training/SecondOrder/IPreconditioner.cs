using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>A symmetric positive definite model M of the Gauss–Newton matrix that is cheap to invert; its norm is that of the trust region.</summary>
internal interface IPreconditioner
{
    /// <summary>The largest kernel matrix, KN rows: 20,480² doubles are 3.1 GiB and take some 55 s to factor on one core.</summary>
    private const int LargestKernel = 20_480;

    /// <summary>The same with rows for kinks, which have no blocks to be multiplied by.</summary>
    private const int LargestKernelWithKinks = 4096;

    /// <summary>The passes of the problem, for others too: what they leave behind lasts until the next call of a method here.</summary>
    CurvatureOperator Passes { get; }

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
        if (!HasKernel(specification, samples)) return new KroneckerPreconditioner(specification, samples);
        return HasKinks(specification)
            ? new KinkPreconditioner(specification, loss, samples, LargestKernelWithKinks)
            : new KernelPreconditioner(specification, loss, samples);
    }

    /// <summary>The numbers that the kernel matrix, and what it is made of, take in memory; 0 where there is none.</summary>
    static double Workspace(NetworkSpecification specification, int samples)
    {
        double outputs = (double)specification.OutputDimension * samples;
        return HasKernel(specification, samples) ? (outputs * outputs) + (2 * specification.Widths.Max() * outputs) : 0;
    }

    private static bool HasKernel(NetworkSpecification specification, int samples) =>
        (long)specification.OutputDimension * samples <= (HasKinks(specification) ? LargestKernelWithKinks : LargestKernel);

    /// <summary>Whether activations have kinks, or round some.</summary>
    static bool HasKinks(NetworkSpecification specification) =>
        specification.HasKinks || specification.Activations.Any(activation => activation is RoundedActivation);
}
