using System.Diagnostics;
using System.Globalization;

namespace RankCollapse.Tests.Fuzzing;

/// <summary>What comes in is read or refused in one line: no other exception, no more than a few seconds, no large claim of memory.</summary>
public sealed class FrontDoorTests
{
    private const string CountVariable = "RANKCOLLAPSE_FUZZ_INPUTS";
    private const string SeedVariable = "RANKCOLLAPSE_FUZZ_SEED";
    private const long MostBytes = 256L << 20;

    [Fact]
    public void ChangedInputs_AreReadOrRefusedInOneLine()
    {
        int count = Number(CountVariable, 100_000), seed = Number(SeedVariable, 1);
        using var folder = new TemporaryFolder(inMemory: true);
        var counts = new List<string>();
        foreach (FrontDoor door in FrontDoor.All(folder))
        {
            var random = new Random(seed);
            int inputs = (int)(count * door.Share), refused = 0;
            foreach (byte[] good in door.Seeds) Try(door, good);
            for (int i = 0; i < inputs; i++)
            {
                if (!Try(door, door.Change(door.Seeds[i % door.Seeds.Count], random))) refused++;
            }
            counts.Add($"{door.Name} {inputs} ({refused} refused)");
        }
        TestContext.Current.SendDiagnosticMessage(string.Join(", ", counts));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", counts));
    }

    private static bool Try(FrontDoor door, byte[] input)
    {
        long began = Stopwatch.GetTimestamp(), before = GC.GetAllocatedBytesForCurrentThread();
        bool isRead = true;
        try
        {
            door.Read(input);
        }
        catch (RankCollapseException e)
        {
            isRead = false;
            Assert.False(e.Message.AsSpan().ContainsAny('\n', '\r'), $"{door.Name}: more than one line for {Convert.ToBase64String(input)}: {e.Message}");
        }
        catch (Exception e)
        {
            Assert.Fail($"{door.Name}: {e} for {Convert.ToBase64String(input)}");
        }
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), $"{door.Name}: too long for {Convert.ToBase64String(input)}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, $"{door.Name}: too much memory for {Convert.ToBase64String(input)}");
        return isRead;
    }

    private static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : usual;
}
