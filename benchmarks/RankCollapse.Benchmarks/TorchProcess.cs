using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace RankCollapse.Benchmarks;

/// <summary>A Python process that holds the same problem in PyTorch and does what it is told; it waits, without work, between commands.</summary>
internal sealed class TorchProcess : IDisposable
{
    private readonly string _problemFile;
    private readonly Process _process;

    /// <param name="problem">What both sides solve.</param>
    /// <param name="blasCore">The kernels that OpenBLAS must use, or null for its own choice.</param>
    public TorchProcess(BenchmarkProblem problem, string? blasCore = null)
    {
        _problemFile = Path.Combine(Path.GetTempPath(), $"rankcollapse-benchmark-{Guid.NewGuid():N}.npz");
        problem.Write(_problemFile);
        // Debian's own interpreter, because its packages are what is compared with.
        string python = Environment.GetEnvironmentVariable("RANKCOLLAPSE_PYTHON") ?? "/usr/bin/python3";
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-u");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "torch_reference.py"));
        start.ArgumentList.Add(_problemFile);
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        start.Environment.Remove("OPENBLAS_CORETYPE");
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        if (blasCore != null) start.Environment["OPENBLAS_CORETYPE"] = blasCore;
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            File.Delete(_problemFile);
            throw new InvalidInputException(
                $"{python} does not start ({error.Message}); install python3-torch, or name an interpreter that has PyTorch in RANKCOLLAPSE_PYTHON.", error);
        }
        try
        {
            About = Ask("about");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The versions of PyTorch and OpenBLAS and the kernels in use.</summary>
    public string About { get; }

    public void StartAdam(double rate) => Ask(Command($"adam {rate:R}"));

    /// <summary>Does epochs and returns the seconds that they took inside the process.</summary>
    public Seconds Epochs(int count)
    {
        double[] times = Numbers(Ask(Command($"epochs {count}")));
        return new Seconds(times[0], times[1]);
    }

    public double ObjectiveValue() => Numbers(Ask("objective"))[0];

    /// <summary>Trains from the start; the curve has every evaluation.</summary>
    public TrainingCurve Train(string name, string method, double rate, double seconds, double tolerance, Clock clock)
    {
        var points = new List<CurvePoint>();
        string line = Ask(Command($"train {method} {rate:R} {seconds:R} {tolerance:R} {(clock == Clock.Wall ? "wall" : "cpu")}"));
        for (; !line.StartsWith("end ", StringComparison.Ordinal); line = Answer())
        {
            double[] numbers = Numbers(line);
            double objective = numbers[2], before = points.Count > 0 ? points[^1].Lowest : double.PositiveInfinity;
            points.Add(new CurvePoint(new Seconds(numbers[0], numbers[1]), objective, objective < before ? objective : before, numbers[3]));
        }
        return new TrainingCurve(name, method, rate, points, line[4..]);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(5000)) _process.Kill();
        }
        _process.Dispose();
        File.Delete(_problemFile);
    }

    private static string Command(FormattableString text) => FormattableString.Invariant(text);

    private static double[] Numbers(string line) =>
        [.. line.Split(' ').Select(
            n => n switch { "nan" => double.NaN, "inf" => double.PositiveInfinity, _ => double.Parse(n, CultureInfo.InvariantCulture) })];

    private string Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        return Answer();
    }

    private string Answer() => _process.StandardOutput.ReadLine()
        ?? throw new InvalidInputException(
            "The Python process ended; its message is above. Install python3-torch, or name an interpreter that has PyTorch in RANKCOLLAPSE_PYTHON.");
}
