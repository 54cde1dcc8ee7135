using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// The penalised problem of several class directions that the first layer couples: K×K matrices A_l = G_l·A_{l−1}, G_l = W_l (or I + W_l in inner
/// residual layers), that make ½Σ_{l≥2}‖W_l‖² + (r/2)Σ_{l≥1}‖A_l‖² + ½tr(A_1·H·A_1ᵀ) stationary for A_LᵀA_L = diag(t²).
/// </summary>
/// <remarks>
/// As for numbers, C_1 = A_1·H·A_1ᵀ and C_{l+1} = C_l + r·A_l·A_lᵀ = W_{l+1}G_{l+1}; with the free rotations chosen so that W_l is symmetric and
/// A_1 = P^{1/2}, only P is unknown. ln(A_LᵀA_L) as a function of ln P is well conditioned; Newton's method with GMRES solves it.
/// </remarks>
internal sealed class CoupledChain
{
    private const int MaxSteps = 60;
    private const int MaxKrylov = 80;
    private readonly double _r;
    private readonly Matrix _coupling;
    private readonly bool _isResidual;

    private CoupledChain(int depth, double r, Matrix coupling, bool isResidual)
    {
        _r = r;
        _coupling = coupling;
        _isResidual = isResidual;
        Features = new Matrix[depth + 1];
        Weights = new Matrix[depth + 1];
    }

    /// <summary>A_1 … A_L; entry 0 is unused.</summary>
    internal Matrix[] Features { get; }

    /// <summary>W_2 … W_L; entries 0 and 1 are unused.</summary>
    internal Matrix[] Weights { get; }

    /// <summary>‖ln(A_LᵀA_L) − ln diag(t²)‖_F that was reached.</summary>
    internal double Residual { get; private set; }

    /// <summary>The value of the cost.</summary>
    internal double Cost
    {
        get
        {
            double cost = 0.5 * Reduction.Dot(Product.Multiply(Features[1], _coupling).AsSpan(), Features[1].AsSpan());
            for (int l = Features.Length - 1; l >= 1; l--)
            {
                cost += 0.5 * _r * Reduction.SumOfSquares(Features[l].AsSpan());
                if (l > 1) cost += 0.5 * Reduction.SumOfSquares(Weights[l].AsSpan());
            }
            return cost;
        }
    }

    /// <summary>Solves for given targets.</summary>
    /// <param name="depth">L ≥ 2.</param>
    /// <param name="r">r ≥ 0.</param>
    /// <param name="coupling">H, K×K, symmetric positive definite.</param>
    /// <param name="isResidual">Whether layers 2 … L − 1 have skips.</param>
    /// <param name="targets">t_1 … t_K > 0.</param>
    /// <exception cref="ComputationFailedException">Newton's method stalled far from a solution.</exception>
    internal static CoupledChain Solve(int depth, double r, Matrix coupling, bool isResidual, double[] targets)
    {
        int size = targets.Length;
        var chain = new CoupledChain(depth, r, coupling, isResidual);
        var goal = new Matrix(size, size);
        var x = new Matrix(size, size);
        for (int k = 0; k < size; k++)
        {
            goal[k, k] = 2 * Elementary.Log(targets[k]);
            x[k, k] = 2 * Elementary.Log(ScalarChain.Solve(depth, r, coupling[k, k], isResidual, targets[k]).Features[1]);
        }
        double[] miss = chain.Miss(x, goal);
        double norm = Reduction.Norm(miss);
        for (int step = 0; step < MaxSteps && norm > 1e-13 * size; step++)
        {
            double[] direction = chain.Direction(x, miss, goal, norm);
            double length = 1, next = norm;
            Matrix candidate = x;
            double[] nextMiss = miss;
            for (; length > 1e-4; length /= 2)
            {
                candidate = x.Copy();
                TensorPrimitives.MultiplyAdd(direction, length, x.AsSpan(), candidate.AsSpan());
                nextMiss = chain.Miss(candidate, goal);
                next = Reduction.Norm(nextMiss);
                if (next < norm) break;
            }
            if (!(next < norm)) break;
            (x, miss, norm) = (candidate, nextMiss, next);
        }
        chain.Residual = Reduction.Norm(chain.Miss(x, goal));
        if (!(chain.Residual <= 1e-8))
            throw new ComputationFailedException($"The coupled forecast of {size} classes stopped at a residual of {chain.Residual:G3}; lower delta or the "
                + "features' penalty to make the classes less coupled.")
            { Settings = ["delta"] };
        return chain;
    }

    private double[] Miss(Matrix logP, Matrix goal)
    {
        int depth = Features.Length - 1;
        Matrix a = SymmetricFunction.Apply(logP, x => Elementary.Exp(0.5 * x));
        Matrix c = Product.Multiply(a, Product.Multiply(_coupling, a));
        Features[1] = a;
        for (int l = 2; l <= depth; l++)
        {
            Matrix outer = Product.OuterGram(a);
            TensorPrimitives.MultiplyAdd(outer.AsSpan(), _r, c.AsSpan(), c.AsSpan());
            bool hasSkip = _isResidual && l < depth;
            Weights[l] = SymmetricFunction.Apply(c, q => hasSkip ? 2 * q / (1 + Math.Sqrt(1 + (4 * q))) : Math.Sqrt(Math.Max(q, 0)));
            Matrix next = Product.Multiply(Weights[l], a);
            if (hasSkip) TensorPrimitives.Add(next.AsSpan(), a.AsSpan(), next.AsSpan());
            a = next;
            Features[l] = a;
        }
        Matrix log = SymmetricFunction.Apply(Product.Gram(a), Elementary.Log);
        TensorPrimitives.Subtract(log.AsSpan(), goal.AsSpan(), log.AsSpan());
        return log.AsSpan().ToArray();
    }

    /// <summary>GMRES for the Newton step; derivatives by central differences, whose error only slows the last digits of one step.</summary>
    private double[] Direction(Matrix x, double[] miss, Matrix goal, double norm)
    {
        double tolerance = Math.Min(1e-3, norm) * norm;
        var basis = new List<double[]>();
        var images = new List<double[]>();
        double[] residual = [.. miss];
        TensorPrimitives.Negate(miss, residual);
        var solution = new double[miss.Length];
        int limit = Math.Min(MaxKrylov, miss.Length);
        for (int k = 0; k < limit && Reduction.Norm(residual) > tolerance; k++)
        {
            // GCR: directions are kept with orthonormal images, which needs no Hessenberg bookkeeping.
            double[] direction = [.. residual];
            double size = Reduction.Norm(direction), difference = 1e-5 / size;
            Matrix ahead = x.Copy(), behind = x.Copy();
            TensorPrimitives.MultiplyAdd(direction, difference, x.AsSpan(), ahead.AsSpan());
            TensorPrimitives.MultiplyAdd(direction, -difference, x.AsSpan(), behind.AsSpan());
            double[] image = Miss(ahead, goal), other = Miss(behind, goal);
            TensorPrimitives.Subtract(image, other, image);
            TensorPrimitives.Divide(image, 2 * difference, image);
            for (int i = 0; i < basis.Count; i++)
            {
                double overlap = Reduction.Dot(image, images[i]);
                TensorPrimitives.MultiplyAdd(images[i], -overlap, image, image);
                TensorPrimitives.MultiplyAdd(basis[i], -overlap, direction, direction);
            }
            double length = Reduction.Norm(image);
            if (!(length > 0)) break;
            TensorPrimitives.Divide(image, length, image);
            TensorPrimitives.Divide(direction, length, direction);
            double part = Reduction.Dot(residual, image);
            TensorPrimitives.MultiplyAdd(direction, part, solution, solution);
            TensorPrimitives.MultiplyAdd(image, -part, residual, residual);
            basis.Add(direction);
            images.Add(image);
        }
        return solution;
    }
}
