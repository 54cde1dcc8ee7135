using CsCheck;
using RankCollapse.Theory.Certificates;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class CertificationTests
{
    private static readonly LowRankCertificateOptions Quick = new() { Restarts = 1, CurvatureSamples = 0 };

    [Fact]
    public void Certification_OfAnyPoint_Holds() =>
        TrainingPoint.All(0.2).Sample(p => Certification.Compute(p.Network, p.Data, p.Settings, Quick).Holds, iter: 100);

    [Fact]
    public void Batch_LeftOut_IsTheNumberOfClasses() =>
        TrainingPoint.All(0.2).Sample(
            p => Certification.Compute(p.Network, p.Data, p.Settings, Quick).GradientRanks.All(g => g.BatchSize == p.Data.OutputDimension),
            iter: 50);

    [Fact]
    public void Batch_BeyondTheSamples_IsRefused() =>
        TrainingPoint.All(0.2).Sample(
            p =>
            {
                Assert.Throws<InvalidInputException>(() => Certification.Compute(p.Network, p.Data, p.Settings, Quick, []));
                Assert.Throws<InvalidInputException>(() => Certification.Compute(p.Network, p.Data, p.Settings, Quick, [p.Data.SampleCount]));
            },
            iter: 20);
}
