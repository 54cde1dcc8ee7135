using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class CurvatureOperatorTests
{
    public static TheoryData<string> SmoothActivations => [.. Activation.All.Where(a => a.IsSmooth).Select(a => a.Name), CurvaturePoint.Mixed];

    [Theory]
    [MemberData(nameof(SmoothActivations))]
    public void HessianProduct_IsTheCentralDifferenceOfGradients(string name)
    {
        foreach (CurvaturePoint at in CurvaturePoint.All(name))
        {
            Network v = at.Direction(1), product = new(v.Specification), plus = new(v.Specification), minus = new(v.Specification);
            at.Operator.Apply(at.Objective, at.Network, v, product, full: true);

            // A central difference of gradients errs by h²·|∇⁴J| + ε|∇J|/h: h = ε^(1/3) balances both near 1e−10.
            double h = Math.Cbrt(double.BitIncrement(1) - 1) / (1 + TensorPrimitives.Norm<double>(v.Parameters));
            Network moved = at.Network.Copy();
            TensorPrimitives.MultiplyAdd(v.Parameters, h, at.Network.Parameters, moved.Parameters);
            at.Problem.Objective().ValueAndGradient(moved, plus);
            TensorPrimitives.MultiplyAdd(v.Parameters, -h, at.Network.Parameters, moved.Parameters);
            at.Problem.Objective().ValueAndGradient(moved, minus);
            double scale = 1 + TensorPrimitives.Norm<double>(product.Parameters);
            for (int i = 0; i < product.Parameters.Length; i++)
                Assert.Equal((plus.Parameters[i] - minus.Parameters[i]) / (2 * h), product.Parameters[i], 1e-6 * scale);
        }
    }

    [Theory]
    [MemberData(nameof(SmoothActivations))]
    public void Products_AreSymmetric_AndGaussNewtonIsNotNegative(string name)
    {
        foreach (CurvaturePoint at in CurvaturePoint.All(name))
        {
            Network u = at.Direction(1), v = at.Direction(2), bu = new(u.Specification), bv = new(u.Specification);
            foreach (bool full in (bool[])[true, false])
            {
                at.Operator.Apply(at.Objective, at.Network, u, bu, full);
                at.Operator.Apply(at.Objective, at.Network, v, bv, full);
                double scale = 1 + (TensorPrimitives.Norm<double>(bu.Parameters) * TensorPrimitives.Norm<double>(v.Parameters));
                double one = TensorPrimitives.Dot<double>(u.Parameters, bv.Parameters), other = TensorPrimitives.Dot<double>(v.Parameters, bu.Parameters);
                Assert.Equal(one, other, 1e-12 * scale);
                if (!full) Assert.True(TensorPrimitives.Dot<double>(u.Parameters, bu.Parameters) >= -1e-13 * scale);
            }
        }
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("relu")]
    public void PullBack_IsTheAdjointOfOutputChange(string name)
    {
        foreach (CurvaturePoint at in CurvaturePoint.All(name))
        {
            Network v = at.Direction(1), pulled = new(v.Specification);
            var stream = new RandomStream(5, RandomPurpose.Sampling);
            Matrix t = RandomMatrix.Gaussian(at.Network.Specification.OutputDimension, at.Problem.Data.SampleCount, stream);
            double left = TensorPrimitives.Dot<double>(t.AsSpan(), at.Operator.OutputChange(at.Objective, at.Network, v).AsSpan());
            at.Operator.PullBack(at.Objective, at.Network, t, pulled);
            double right = TensorPrimitives.Dot<double>(pulled.Parameters, v.Parameters);
            Assert.Equal(left, right, 1e-11 * (1 + Math.Abs(left)));
        }
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("softplus")]
    public void KernelMetric_IsInvertedExactly(string name)
    {
        foreach (CurvaturePoint at in CurvaturePoint.All(name))
        {
            NetworkSpecification specification = at.Network.Specification;
            int samples = at.Problem.Data.SampleCount;
            Loss loss = at.Problem.Settings.Loss;
            var preconditioner = new KernelPreconditioner(specification, loss, samples);
            var penalties = new PenaltyModel(specification, samples);
            preconditioner.Build(at.Objective, at.Network);
            penalties.Build(at.Objective);

            // M·x for x = M^{-1}v from its definition: Λx + Jᵀ·aD''·Jx; Λx is found from Λ^{-1} by Cholesky of its inverse.
            Network v = at.Direction(3), x = new(specification), data = new(specification), back = new(specification);
            preconditioner.Solve(v, x);
            Matrix change = at.Operator.OutputChange(at.Objective, at.Network, x).Copy(), curved = new(change.Rows, change.Columns);
            DataTerm.ApplyHessian(loss, at.Objective.Probabilities, at.Problem.Data.Targets, at.Objective.Coefficients.DataFactor, change, curved);
            at.Operator.PullBack(at.Objective, at.Network, curved, data);

            // Λ^{-1}(v − Jᵀ·aD''·Jx) must be x again.
            TensorPrimitives.Subtract(v.Parameters, data.Parameters, data.Parameters);
            penalties.Solve(data, back);
            double scale = TensorPrimitives.Norm<double>(x.Parameters);
            for (int i = 0; i < x.Parameters.Length; i++) Assert.Equal(x.Parameters[i], back.Parameters[i], 1e-6 * scale);
        }
    }
}
