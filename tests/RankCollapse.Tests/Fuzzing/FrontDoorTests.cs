namespace RankCollapse.Tests.Fuzzing;

/// <summary>What comes in is read or refused in one line: no other exception, no crash, no more than a few seconds, no large claim of memory.</summary>
public sealed class FrontDoorTests
{
    private const int UsualInputs = 100_000;

    [Fact]
    public void ChangedInputs_AreReadOrRefusedInOneLine()
    {
        var asked = FuzzRun.Asked(UsualInputs);
        if (Environment.GetEnvironmentVariable(FuzzRun.ChildVariable) is { } folder)
        {
            asked.Work(folder);
            return;
        }
        IReadOnlyList<string> findings = asked.Start(
            $"{typeof(FrontDoorTests).FullName}.{nameof(ChangedInputs_AreReadOrRefusedInOneLine)}", line =>
                TestContext.Current.TestOutputHelper?.WriteLine(line));
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }
}
