namespace RankCollapse.Tests;

/// <summary>Tests that take minutes: they carry <c>[Trait("Category", "Long")]</c>, and run where RANKCOLLAPSE_LONG_TESTS is 1.</summary>
internal static class LongTests
{
    private const string Variable = "RANKCOLLAPSE_LONG_TESTS";

    /// <summary>Whether long tests are asked for.</summary>
    public static bool AreAsked => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>How many processes tests kill that kill many: RANKCOLLAPSE_KILLS.</summary>
    public static int Kills => int.TryParse(Environment.GetEnvironmentVariable("RANKCOLLAPSE_KILLS"), out int kills) ? kills : 60;

    /// <summary>Skips the test unless long ones are asked for.</summary>
    public static void Require() =>
        Assert.SkipUnless(AreAsked, $"A long test; set {Variable}=1 to run it.");
}
