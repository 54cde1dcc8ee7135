using System.CommandLine;
using RankCollapse.Cli.Doctor;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Commands;

/// <summary><c>doctor</c>: what this machine offers.</summary>
internal static class DoctorCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb(
            "doctor", "Measures what this machine offers: vectors, peak, products, fonts; takes a few seconds.")
        { Examples = ["rankcollapse doctor"] };
        Option<bool> json = CommonOptions.Json();
        command.Add(json);
        command.SetAction(parsed =>
        {
            var machine = MachineReport.Measure();
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write(machine));
            else WriteText(environment, machine);
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteText(CommandEnvironment environment, MachineReport machine)
    {
        const int WidthOfNames = 28;
        void Line(string name, string value) => environment.Output.WriteLine($"{name.PadRight(WidthOfNames)} {value}");

        Line("program", $"rankcollapse {TrainingRun.ProgramVersion} on {machine.Runtime}");
        Line("system", machine.System);
        Line("arithmetic", Arithmetic.Current.ToString());
        Line("cores, memory", $"{machine.Cores}, {machine.MemoryBytes / 1e9:0.0} GB");
        Line("processor", machine.Processor);
        Line("caches", $"{Processor.FirstLevelCache >> 10}, {Processor.SecondLevelCache >> 10}, {Processor.ThirdLevelCache >> 10} KiB");
        Line("vectors", $"{machine.VectorBits} bits: {machine.VectorChoice}");
        Line("peak of one core, of all", $"{machine.PeakOfOneCore:0.0}, {machine.PeakOfAllCores:0.0} GFLOP/s");
        Line("product 200×200", $"{machine.Product200:0.0} GFLOP/s, {machine.Product200 / machine.PeakOfOneCore:P0} of the peak");
        Line("product 2000×2000, one core", $"{machine.Product2000:0.0} GFLOP/s, {machine.Product2000 / machine.PeakOfOneCore:P0} of the peak");
        Line("product 2000×2000, all cores",
            $"{machine.Product2000OfAllCores:0.0} GFLOP/s, {machine.Product2000OfAllCores / machine.Product2000:0.00} times one core");
        Line("singular values 200×200", $"{machine.SingularValuesMilliseconds:0.0} ms");
        Line("font of figures", machine.Font ?? "cannot be read");
        foreach (string advice in machine.Advice) environment.Output.WriteLine(advice);
        if (machine.Advice.Count == 0) environment.Output.WriteLine("Nothing is missing.");
    }

    /// <summary>The JSON document.</summary>
    internal static JsonShape<MachineReport> Document => new JsonShape<MachineReport>()
        .Text("version", _ => TrainingRun.ProgramVersion)
        .Text("runtime", machine => machine.Runtime)
        .Text("system", machine => machine.System)
        .Text("arithmetic", _ => Arithmetic.Current.ToString())
        .Whole("cores", machine => machine.Cores)
        .Number("memoryBytes", machine => machine.MemoryBytes)
        .Text("processor", machine => machine.Processor)
        .Whole("vectorBits", machine => machine.VectorBits)
        .Text("vectorChoice", machine => machine.VectorChoice)
        .Number("peakGflopsOfOneCore", machine => machine.PeakOfOneCore)
        .Number("peakGflopsOfAllCores", machine => machine.PeakOfAllCores)
        .Number("product200Gflops", machine => machine.Product200)
        .Number("product2000Gflops", machine => machine.Product2000)
        .Number("product2000GflopsOfAllCores", machine => machine.Product2000OfAllCores)
        .Number("singularValues200Milliseconds", machine => machine.SingularValuesMilliseconds)
        .TextOrNull("font", machine => machine.Font)
        .Texts("advice", machine => machine.Advice);
}
