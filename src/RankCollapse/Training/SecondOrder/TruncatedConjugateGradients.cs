using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Minimises gᵀp + ½pᵀBp over ‖p‖_M ≤ Δ by preconditioned conjugate gradients that stop at the boundary (Steihaug 1983; Toint 1981).
/// </summary>
/// <remarks>Where kinks are rounded ever less; from 2 of 50 random relu problems <see cref="TrustRegionLanczos"/> does not come to the end.</remarks>
internal sealed class TruncatedConjugateGradients(NetworkSpecification specification) : IInnerIteration
{
    private readonly Network _residual = new(specification);
    private readonly Network _preconditioned = new(specification);
    private readonly Network _direction = new(specification);
    private readonly Network _product = new(specification);
    private readonly Network _shorter = new(specification);
    private double _shorterNorm;
    private double _shorterDecrease;

    /// <inheritdoc/>
    public int Products { get; private set; }

    /// <inheritdoc/>
    public bool IsBounded { get; private set; }

    /// <inheritdoc/>
    public double PredictedDecrease { get; private set; }

    /// <inheritdoc/>
    public double GradientNorm { get; private set; }

    /// <inheritdoc/>
    public double StepNorm { get; private set; }

    /// <inheritdoc/>
    public InnerOutcome Solve(Network gradient, Action<Network, Network> multiply, IPreconditioner preconditioner, InnerLimits limits, Network step)
    {
        double[] p = step.Parameters, r = _residual.Parameters, y = _preconditioned.Parameters, d = _direction.Parameters, q = _product.Parameters;
        Array.Clear(p);
        gradient.Parameters.CopyTo(r, 0);
        preconditioner.Solve(_residual, _preconditioned);
        TensorPrimitives.Negate<double>(y, d);
        double ry = Reduction.Dot(r, y);
        double pp = 0, pd = 0, dd = ry;
        GradientNorm = Math.Sqrt(Math.Max(0, ry));
        Products = 0;
        PredictedDecrease = 0;
        StepNorm = 0;
        _shorterNorm = double.NaN;
        IsBounded = false;
        if (!(ry > 0)) return InnerOutcome.Solved;
        while (true)
        {
            multiply(_direction, _product);
            Products++;
            double curvature = Reduction.Dot(d, q);

            // Along an orbit of (nearly) equal networks the curvature is 0 but for rounding and for the gradient that is left: nothing is to be learnt there.
            if (Products > 1 && Math.Abs(curvature) <= limits.Flat * dd) return InnerOutcome.Solved;
            double alpha = ry / curvature;
            double next = pp + (2 * alpha * pd) + (alpha * alpha * dd);
            bool isBounded = curvature > 0 && next < limits.Radius * limits.Radius;
            if (double.IsNaN(_shorterNorm) && !(isBounded && next < limits.ShorterRadius * limits.ShorterRadius))
            {
                _shorterDecrease = PredictedDecrease + ToBoundary(limits.ShorterRadius, _shorter.Parameters);
                _shorterNorm = limits.ShorterRadius;
            }
            if (!isBounded)
            {
                PredictedDecrease += ToBoundary(limits.Radius, p);
                StepNorm = limits.Radius;
                IsBounded = true;
                return curvature > 0 ? InnerOutcome.Boundary : InnerOutcome.NegativeCurvature;
            }
            TensorPrimitives.MultiplyAdd(d, alpha, p, p);
            TensorPrimitives.MultiplyAdd(q, alpha, r, r);
            PredictedDecrease += 0.5 * alpha * ry;
            pp = next;
            StepNorm = Math.Sqrt(pp);
            preconditioner.Solve(_residual, _preconditioned);
            double ryNext = Reduction.Dot(r, y);
            double goal = limits.Goal(GradientNorm, Products);
            if (!(ryNext > goal * goal)) return InnerOutcome.Solved;
            if (Products >= limits.Products) return InnerOutcome.Limit;
            double beta = ryNext / ry;
            ry = ryNext;
            TensorPrimitives.Multiply(d, beta, d);
            TensorPrimitives.Subtract(d, y, d);
            pd = beta * (pd + (alpha * dd));
            dd = ry + (beta * beta * dd);

            // target = p + τd with ‖target‖_M = Δ; returns the decrease from p.
            double ToBoundary(double length, double[] target)
            {
                double tau = (-pd + Math.Sqrt((pd * pd) + (dd * Math.Max(0, (length * length) - pp)))) / dd;
                TensorPrimitives.MultiplyAdd(d, tau, p, target);
                return (tau * ry) - (0.5 * tau * tau * curvature);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>There is one, for the shorter radius of the solve, which lies on its way to a longer step.</remarks>
    public bool TakeShorter(double radius, Network step)
    {
        if (double.IsNaN(_shorterNorm)) return false;
        _shorter.Parameters.CopyTo(step.Parameters, 0);
        (StepNorm, PredictedDecrease, _shorterNorm) = (_shorterNorm, _shorterDecrease, double.NaN);
        return true;
    }
}
