using System.CommandLine;
using System.Text.Json.Nodes;
using RankCollapse.Cli.Doctor;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Runs;
using Spectre.Console;

namespace RankCollapse.Cli.Commands;

/// <summary><c>doctor</c>: what this machine offers.</summary>
internal static class DoctorCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Command("doctor", "Measures what this machine offers: vectors, peak, products, LAPACK, fonts; takes a few seconds.");
        Option<bool> json = CommonOptions.Json();
        command.Add(json);
        ExampleHelpAction.Add(command, "rankcollapse doctor");
        command.SetAction(parsed =>
        {
            var machine = MachineReport.Measure();
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, ToJson(machine));
            else WriteText(environment, machine);
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteText(CommandEnvironment environment, MachineReport machine)
    {
        Table table = LayerTable.Start("what", "found");
        table.Columns[1].Alignment = Justify.Left;
        LayerTable.AddRow(table, "program", $"rankcollapse {TrainingRun.ProgramVersion} on {machine.Runtime}");
        LayerTable.AddRow(table, "system", machine.System);
        LayerTable.AddRow(table, "cores, memory", $"{machine.Cores}, {machine.MemoryBytes / 1e9:0.0} GB");
        LayerTable.AddRow(table, "vectors", $"{machine.VectorBits} bits");
        LayerTable.AddRow(table, "peak of one core, of all", $"{machine.PeakOfOneCore:0.0}, {machine.PeakOfAllCores:0.0} GFLOP/s");
        LayerTable.AddRow(table, "product 200×200", $"{machine.Product200:0.0} GFLOP/s, {machine.Product200 / machine.PeakOfOneCore:P0} of the peak");
        LayerTable.AddRow(table, "product 2000×2000, one core", $"{machine.Product2000:0.0} GFLOP/s, {machine.Product2000 / machine.PeakOfOneCore:P0} of the peak");
        LayerTable.AddRow(table, "product 2000×2000, all cores", $"{machine.Product2000OfAllCores:0.0} GFLOP/s, {machine.Product2000OfAllCores / machine.Product2000:0.00} times one core");
        LayerTable.AddRow(table, "decompositions", machine.Lapack);
        LayerTable.AddRow(table, "singular values 200×200", $"{machine.SingularValuesMilliseconds:0.0} ms");
        LayerTable.AddRow(table, "font of figures", machine.Font ?? "cannot be read");
        environment.OutputConsole().Write(table);
        foreach (string advice in machine.Advice) environment.Output.WriteLine(advice);
        if (machine.Advice.Count == 0) environment.Output.WriteLine("Nothing is missing.");
    }

    private static JsonObject ToJson(MachineReport machine) => new()
    {
        ["version"] = TrainingRun.ProgramVersion,
        ["runtime"] = machine.Runtime,
        ["system"] = machine.System,
        ["cores"] = machine.Cores,
        ["memoryBytes"] = machine.MemoryBytes,
        ["vectorBits"] = machine.VectorBits,
        ["peakGflopsOfOneCore"] = machine.PeakOfOneCore,
        ["peakGflopsOfAllCores"] = machine.PeakOfAllCores,
        ["product200Gflops"] = machine.Product200,
        ["product2000Gflops"] = machine.Product2000,
        ["product2000GflopsOfAllCores"] = machine.Product2000OfAllCores,
        ["lapack"] = machine.Lapack,
        ["lapackIsNative"] = machine.LapackIsNative,
        ["singularValues200Milliseconds"] = machine.SingularValuesMilliseconds,
        ["font"] = JsonOutput.Text(machine.Font),
        ["advice"] = new JsonArray([.. machine.Advice.Select(advice => JsonOutput.Text(advice))]),
    };
}
