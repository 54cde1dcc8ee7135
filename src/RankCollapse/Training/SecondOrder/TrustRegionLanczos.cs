using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Minimises gᵀp + ½pᵀBp over ‖p‖_M ≤ Δ in the Krylov space of M^{-1}B and M^{-1}g, by the preconditioned Lanczos method (Gould, Lucidi, Roma and Toint 1999).
/// </summary>
/// <remarks>
/// The space has an M-orthonormal basis, in which B is tridiagonal and the problem small (<see cref="TridiagonalTrustRegion"/>). Conjugate gradients that stop
/// where they cross the boundary leave a residual there that may exceed g; this step leaves −shift·Mp and what is outside the space. The basis is kept, so
/// that the step of a shorter radius costs no product.
/// </remarks>
internal sealed class TrustRegionLanczos(SpareNetworks spare) : IInnerIteration
{
    /// <summary>At the boundary the space grows as long as each product adds this share to the promised decrease.</summary>
    private const double LeastGain = 0.05;

    private readonly TridiagonalTrustRegion _small = new();

    /// <summary>The basis q, and at its end the next vector before it is scaled.</summary>
    private readonly List<Network> _basis = [];

    /// <inheritdoc/>
    public int Products { get; private set; }

    /// <inheritdoc/>
    public double GradientNorm { get; private set; }

    /// <inheritdoc/>
    public double PredictedDecrease => _small.Decrease;

    /// <inheritdoc/>
    public double StepNorm => _small.Norm;

    /// <inheritdoc/>
    public bool IsBounded => _small.IsBounded;

    /// <inheritdoc/>
    public InnerOutcome Solve(Network gradient, Action<Network, Network> multiply, IPreconditioner preconditioner, InnerLimits limits, Network step)
    {
        using SpareNetworks.Loan product = spare.Lend(), first = spare.Lend(), second = spare.Lend();

        // M times the last vectors of the basis.
        double[] r = product.Parameters, image = first.Parameters, imageBefore = second.Parameters;
        gradient.Parameters.CopyTo(r, 0);
        double norm = Extend(preconditioner, product.Network, 0), last = 0;
        GradientNorm = norm;
        Products = 0;
        _small.Start(norm, limits.Flat);
        Array.Clear(step.Parameters);
        if (!(norm > 0)) return InnerOutcome.Solved;
        double beyond = 0;
        while (true)
        {
            double[] q = _basis[Products].Parameters;
            (image, imageBefore) = (imageBefore, image);
            TensorPrimitives.Divide(r, norm, image);
            TensorPrimitives.Divide(q, norm, q);
            multiply(_basis[Products], product.Network);
            double curvature = Reduction.Dot(q, r);
            _small.Add(curvature, beyond);
            Products++;
            _small.Solve(limits.Radius);
            TensorPrimitives.MultiplyAdd(image, -curvature, r, r);
            if (Products > 1) TensorPrimitives.MultiplyAdd(imageBefore, -beyond, r, r);
            beyond = norm = Extend(preconditioner, product.Network, Products);
            if (!(norm * Math.Abs(_small.Coefficients[^1]) > limits.Goal(GradientNorm, Products))) break;
            if (IsBounded && PredictedDecrease - last < LeastGain * PredictedDecrease) break;
            last = PredictedDecrease;
            if (Products >= limits.Products) break;
        }
        Combine(step);
        if (IsBounded) return _small.HasNegativeCurvature ? InnerOutcome.NegativeCurvature : InnerOutcome.Boundary;
        return Products >= limits.Products ? InnerOutcome.Limit : InnerOutcome.Solved;
    }

    /// <inheritdoc/>
    public bool TakeShorter(double radius, Network step)
    {
        if (Products == 0) return false;
        _small.Solve(radius);
        Combine(step);
        return true;
    }

    /// <summary>Writes M^{-1}r as a vector of the basis, and returns ‖r‖_{M^{-1}}.</summary>
    private double Extend(IPreconditioner preconditioner, Network r, int index)
    {
        if (index == _basis.Count) _basis.Add(new Network(spare.Specification));
        preconditioner.Solve(r, _basis[index]);
        return Math.Sqrt(Math.Max(0, Reduction.Dot(r.Parameters, _basis[index].Parameters)));
    }

    private void Combine(Network step)
    {
        double[] p = step.Parameters;
        Array.Clear(p);
        ReadOnlySpan<double> coefficients = _small.Coefficients;
        for (int i = 0; i < coefficients.Length; i++) TensorPrimitives.MultiplyAdd(_basis[i].Parameters, coefficients[i], p, p);
    }
}
