using System.Diagnostics;
using System.Globalization;

namespace RankCollapse.Tests.Fuzzing;

/// <summary>
/// Tries changed inputs at every door, in a process of its own, so that one that crashes or hangs is a finding, and the next one is tried. The inputs follow
/// from the seed, the door and their number.
/// </summary>
/// <param name="Inputs">About how many.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Doors">The names of the doors; empty for all.</param>
internal sealed record FuzzRun(int Inputs, int Seed, IReadOnlyList<string> Doors)
{
    /// <summary>The folder in which a process of this kind works.</summary>
    public const string ChildVariable = "RANKCOLLAPSE_FUZZ_CHILD";

    private const string InputsVariable = "RANKCOLLAPSE_FUZZ_INPUTS";
    private const string SeedVariable = "RANKCOLLAPSE_FUZZ_SEED";
    private const string DoorsVariable = "RANKCOLLAPSE_FUZZ_DOORS";
    private const string StateName = "state";
    private const string DoorsName = "doors";
    private const string CountsName = "counts";
    private const string FindingsName = "findings";

    /// <summary>What a reader may take of the managed memory for one input of a few kilobytes, and the memory that it is told to use at most.</summary>
    private const long MostAllocated = 256L << 20, Budget = 128L << 20;

    /// <summary>By how much an input may raise the most memory that the whole process has held, with what native libraries take.</summary>
    private const long MostGrown = 512L << 20;

    /// <summary>An input that takes longer each time that it is tried is too slow: on a busy machine any takes long now and then.</summary>
    private const int Tries = 3;

    private const int MostFindings = 100;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);

    /// <summary>A process hangs that takes so much of the processor, or so long where it waits for something, without a next input.</summary>
    private static readonly TimeSpan MostWork = TimeSpan.FromMinutes(1), MostWaiting = TimeSpan.FromMinutes(20);

    /// <summary>Where findings go.</summary>
    public static string FoundPath { get; } = Path.Combine(AppContext.BaseDirectory, "fuzz-found");

    /// <summary>As the variables of the environment ask.</summary>
    public static FuzzRun Asked(int usualInputs) => new(
        Number(InputsVariable, usualInputs), Number(SeedVariable, 1),
        Environment.GetEnvironmentVariable(DoorsVariable)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? []);

    /// <summary>Starts the process, and another one wherever it ended before its end.</summary>
    /// <param name="test">The test that calls <see cref="Work"/> in the process.</param>
    /// <param name="say">Is told the counts of each door when it is done.</param>
    /// <returns>The findings, a line each.</returns>
    public IReadOnlyList<string> Start(string test, Action<string> say)
    {
        using var folder = new TemporaryFolder(inMemory: true);
        using var state = new FuzzState(folder.File(StateName));
        int said = 0;
        for (bool isDone = false; !isDone;)
        {
            string end = RunProcess(test, folder, state, () => said = Say(folder, said, say));
            isDone = end.Length == 0;
            if (isDone) continue;
            Assert.True(File.Exists(folder.File(DoorsName)), end);
            Report(folder.Root, File.ReadAllLines(folder.File(DoorsName))[state.Door], state.Index, state.Input, $"the process ended: {end}");
            state.Set(state.Door, state.Index + 1, state.Refused, []);
            isDone = Lines(folder.File(FindingsName)).Length > MostFindings;
        }
        return Lines(folder.File(FindingsName));
    }

    /// <summary>Tries inputs from where the last process ended.</summary>
    /// <param name="folder">The folder of the one that started it.</param>
    public void Work(string folder)
    {
        using var files = new TemporaryFolder(inMemory: true);
        using var state = new FuzzState(Path.Combine(folder, StateName));
        MemoryBudget.Use(Budget);
        using Timer watch = Watch(state);
        FrontDoor[] doors = [.. FrontDoor.All(files).Where(door => Doors.Count == 0 || Doors.Contains(door.Name))];
        File.WriteAllLines(Path.Combine(folder, DoorsName), doors.Select(door => door.Name));
        double shares = doors.Sum(door => door.Share);
        for (int d = state.Door; d < doors.Length; d++)
        {
            FrontDoor door = doors[d];
            int count = (int)Math.Ceiling(Inputs * door.Share / shares), first = d == state.Door ? state.Index : 0,
                refused = d == state.Door ? state.Refused : 0;
            TimeSpan before = Environment.CpuUsage.TotalTime;
            if (first == 0) TryWholeOnes(door, folder);
            for (int i = first; i < count; i++)
            {
                byte[] input = door.Change(door.Seeds[i % door.Seeds.Count], new Random(SeedOf(door.Name, i)));
                state.Set(d, i, refused, input);
                if (Try(door, i, input, folder) is not null) refused++;
            }
            double seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
            File.AppendAllLines(
                Path.Combine(folder, CountsName), [string.Create(CultureInfo.InvariantCulture,
                    $"{door.Name}: {count} inputs, {refused} refused, {seconds:0.00} s of processor")]);
            state.Set(d + 1, 0, 0, []);
        }
    }

    /// <summary>Ends the process where an input takes too much work.</summary>
    private static Timer Watch(FuzzState state)
    {
        (int, int) at = (-1, 0);
        TimeSpan before = default;
        return new Timer(_ =>
        {
            TimeSpan now = Environment.CpuUsage.TotalTime;
            if (at != (state.Door, state.Index)) (at, before) = ((state.Door, state.Index), now);
            else if (now - before > MostWork) Environment.FailFast($"no next input after {MostWork.TotalSeconds} s of work");
        }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Good inputs are read, so that what is changed gets past the first check; findings that were kept are read or refused.</summary>
    private static void TryWholeOnes(FrontDoor door, string folder)
    {
        int number = -1;
        foreach (byte[] good in door.Seeds)
        {
            if (Try(door, number, good, folder) is { } refusal) Report(folder, door.Name, number, good, $"a good input is refused: {refusal}");
            number--;
        }
        foreach (byte[] kept in door.Kept) Try(door, number--, kept, folder);
    }

    /// <summary>Reads an input.</summary>
    /// <returns>Why it is refused; null where it is read.</returns>
    private static string? Try(FrontDoor door, int index, byte[] input, string folder)
    {
        string? refusal = null;
        long resident = Resident(door);
        TimeSpan fastest = TimeSpan.MaxValue;
        long allocated = long.MaxValue;
        for (int t = 0; t < Tries && fastest > MostTime; t++)
        {
            long began = Stopwatch.GetTimestamp(), before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                door.Read(input);
            }
            catch (RankCollapseException e)
            {
                refusal = e.Message;
            }
            catch (Exception e)
            {
                Report(folder, door.Name, index, input, e.ToString());
                return e.Message;
            }
            fastest = TimeSpan.FromTicks(Math.Min(fastest.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        if (refusal?.AsSpan().ContainsAny('\n', '\r') == true) Report(folder, door.Name, index, input, $"more than one line: {refusal}");
        if (fastest > MostTime) Report(folder, door.Name, index, input, $"{fastest.TotalSeconds:0.0} s");
        if (allocated > MostAllocated) Report(folder, door.Name, index, input, $"{allocated >> 20} MB of memory");
        if (Resident(door) - resident is var grown && grown > MostGrown) Report(folder, door.Name, index, input, $"{grown >> 20} MB of memory of the process");
        return refusal;
    }

    private static int _findings;

    /// <summary>The most memory that the process has held, where inputs of the door are few: to ask takes longer than to read most inputs.</summary>
    private static long Resident(FrontDoor door)
    {
        if (door.Share >= 1) return 0;
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static void Report(string folder, string door, int index, byte[] input, string what)
    {
        if (++_findings > MostFindings) return;
        Directory.CreateDirectory(FoundPath);
        string kept = Path.Combine(FoundPath, $"{door}-{index}");
        File.WriteAllBytes(kept, input);
        File.AppendAllLines(Path.Combine(folder, FindingsName), [$"{kept}: {what.ReplaceLineEndings(" | ")}"]);
    }

    private string RunProcess(string test, TemporaryFolder folder, FuzzState state, Action look)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory,
            typeof(FuzzRun).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : "")))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            ArgumentList = { "-noLogo", "-noColor", "-method", test },
            Environment =
            {
                [ChildVariable] = folder.Root, [InputsVariable] = $"{Inputs}", [SeedVariable] = $"{Seed}", [DoorsVariable] = string.Join(',', Doors),
                // Large enough a nursery that small readers need no collections.
                ["DOTNET_GCgen0size"] = "4000000",
            },
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        (int, int) at = (-1, 0);
        long began = 0;
        bool hung = false;
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(200)))
        {
            look();
            if (at != (state.Door, state.Index)) (at, began) = ((state.Door, state.Index), Stopwatch.GetTimestamp());
            hung = Stopwatch.GetElapsedTime(began) > MostWaiting;
            if (hung) process.Kill(entireProcessTree: true);
        }
        process.WaitForExit();
        look();
        if (hung) return $"stopped after {MostWaiting.TotalMinutes} minutes";
        return process.ExitCode == 0 ? "" : $"{process.ExitCode}: {End(error.Result)} {End(output.Result)}";
    }

    private static string End(string text) => text[^Math.Min(text.Length, 3000)..];

    private static int Say(TemporaryFolder folder, int said, Action<string> say)
    {
        string[] lines = Lines(folder.File(CountsName));
        foreach (string line in lines[said..]) say(line);
        return lines.Length;
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    /// <summary>The same in every process, unlike the hashes of the system.</summary>
    private int SeedOf(string door, int index) => door.Aggregate(unchecked((Seed * 7919) + index), (hash, c) => unchecked((hash * 31) + c));

    private static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : usual;
}
