using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>How the inner iteration ended.</summary>
internal enum InnerOutcome
{
    /// <summary>The residual is small enough.</summary>
    Solved,

    /// <summary>The step reaches the boundary of the trust region.</summary>
    Boundary,

    /// <summary>So it does, with a direction of negative curvature in it.</summary>
    NegativeCurvature,

    /// <summary>The products were used up.</summary>
    Limit,
}

/// <summary>
/// Minimises gᵀp + ½pᵀBp over ‖p‖_M ≤ Δ in the Krylov space of M^{-1}B and M^{-1}g, by the preconditioned Lanczos method (Gould, Lucidi, Roma and Toint 1999).
/// </summary>
/// <remarks>
/// The space has an M-orthonormal basis, in which B is tridiagonal and the problem small (<see cref="TridiagonalTrustRegion"/>). Conjugate gradients that stop
/// where they cross the boundary leave a residual there that may exceed g; this step leaves −shift·Mp and what is outside the space. The basis is kept, so
/// that the step of a shorter radius costs no product.
/// </remarks>
internal sealed class TrustRegionLanczos(NetworkSpecification specification)
{
    /// <summary>So many products are worth a whole iteration, and are not spent on digits that nobody has asked for.</summary>
    private const int ManyProducts = 50;

    /// <summary>At the boundary the space grows as long as each product adds this share to the promised decrease.</summary>
    private const double LeastGain = 0.05;

    private readonly TridiagonalTrustRegion _small = new();

    /// <summary>The basis q, and at its end the next vector before it is scaled.</summary>
    private readonly List<Network> _basis = [];

    private readonly Network _product = new(specification);

    /// <summary>M times the last vectors of the basis.</summary>
    private Network _image = new(specification);
    private Network _imageBefore = new(specification);

    /// <summary>Products with B of the last solve.</summary>
    public int Products { get; private set; }

    /// <summary>‖g‖_{M^{-1}} of the last solve.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>The decrease of the model that the last step promises, ≥ 0.</summary>
    public double PredictedDecrease => _small.Decrease;

    /// <summary>‖p‖_M of the last step.</summary>
    public double StepNorm => _small.Norm;

    /// <summary>Whether the last step is held back by the trust region.</summary>
    public bool IsBounded => _small.IsBounded;

    /// <summary>Solves for the step.</summary>
    /// <param name="gradient">g.</param>
    /// <param name="multiply">result = B·v.</param>
    /// <param name="preconditioner">M.</param>
    /// <param name="radius">Δ.</param>
    /// <param name="tolerance">Stop when the residual's norm has fallen by this factor.</param>
    /// <param name="lateTolerance">The same, where it is larger, after <see cref="ManyProducts"/>.</param>
    /// <param name="floor">Stop when the residual's norm ‖·‖_{M^{-1}} is at most this.</param>
    /// <param name="flat">Curvature relative to the preconditioner's, at most so large, that counts as none: all curvature is increased by so much.</param>
    /// <param name="limit">The most products.</param>
    /// <param name="step">p; overwritten.</param>
    public InnerOutcome Solve(
        Network gradient,
        Action<Network, Network> multiply,
        IPreconditioner preconditioner,
        double radius,
        double tolerance,
        double lateTolerance,
        double floor,
        double flat,
        int limit,
        Network step)
    {
        double[] r = _product.Parameters;
        gradient.Parameters.CopyTo(r, 0);
        double norm = Extend(preconditioner, 0), last = 0;
        GradientNorm = norm;
        Products = 0;
        _small.Start(norm, flat);
        Array.Clear(step.Parameters);
        if (!(norm > 0)) return InnerOutcome.Solved;
        double goal = Math.Max(tolerance * norm, floor), lateGoal = Math.Max(goal, lateTolerance * norm), beyond = 0;
        while (true)
        {
            double[] q = _basis[Products].Parameters;
            (_image, _imageBefore) = (_imageBefore, _image);
            TensorPrimitives.Divide(r, norm, _image.Parameters);
            TensorPrimitives.Divide(q, norm, q);
            multiply(_basis[Products], _product);
            double curvature = Reduction.Dot(q, r);
            _small.Add(curvature, beyond);
            Products++;
            _small.Solve(radius);
            TensorPrimitives.MultiplyAdd(_image.Parameters, -curvature, r, r);
            if (Products > 1) TensorPrimitives.MultiplyAdd(_imageBefore.Parameters, -beyond, r, r);
            beyond = norm = Extend(preconditioner, Products);
            if (!(norm * Math.Abs(_small.Coefficients[^1]) > (Products < ManyProducts ? goal : lateGoal))) break;
            if (IsBounded && PredictedDecrease - last < LeastGain * PredictedDecrease) break;
            last = PredictedDecrease;
            if (Products >= limit) break;
        }
        Combine(step);
        if (IsBounded) return _small.HasNegativeCurvature ? InnerOutcome.NegativeCurvature : InnerOutcome.Boundary;
        return Products >= limit ? InnerOutcome.Limit : InnerOutcome.Solved;
    }

    /// <summary>Replaces the last step by the one for another radius in the same space.</summary>
    public void Shorten(double radius, Network step)
    {
        _small.Solve(radius);
        Combine(step);
    }

    /// <summary>Writes M^{-1}r as a vector of the basis, and returns ‖r‖_{M^{-1}}.</summary>
    private double Extend(IPreconditioner preconditioner, int index)
    {
        if (index == _basis.Count) _basis.Add(new Network(specification));
        preconditioner.Solve(_product, _basis[index]);
        return Math.Sqrt(Math.Max(0, Reduction.Dot(_product.Parameters, _basis[index].Parameters)));
    }

    private void Combine(Network step)
    {
        double[] p = step.Parameters;
        Array.Clear(p);
        ReadOnlySpan<double> coefficients = _small.Coefficients;
        for (int i = 0; i < coefficients.Length; i++) TensorPrimitives.MultiplyAdd(_basis[i].Parameters, coefficients[i], p, p);
    }
}
