using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Cli.Commands;

/// <summary><c>examples [NAME]</c>: writes small data and a specification, and prints what to run.</summary>
internal static class ExamplesCommand
{
    private const int Digits = 200;
    private const int Points = 120;

    private static readonly Registry<ExampleFiles> All = new(
        "example",
        example => example.Name,
        new ExampleFiles("digits", "200 digits as .npz (X with a sample a row, y) and a file of settings",
            folder =>
            [
                WriteNpz(folder, "digits.npz", Mnist.Subsample(Digits, 10, seed: 0)),
                Copy(folder, "train.json"),
            ],
            [
                "rankcollapse train --config train.json --data digits.npz --out runs/digits",
                "rankcollapse inspect runs/digits --data digits.npz",
            ]),
        new ExampleFiles("csv", "a table with a header and a label that has names",
            folder => [WriteCsv(folder, "points.csv")],
            ["rankcollapse train --data points.csv --samples 120 --classes 3 --width 16 --convention mean --lambda 1e-3 --out runs/points"]),
        new ExampleFiles("sweep", "a specification of 24 trainings over depth and penalty",
            folder => [Copy(folder, "sweep.json")],
            [
                "rankcollapse sweep sweep.json --out sweeps/example",
                "rankcollapse sweep plot sweeps/example --metric tcvUpper --layer last --x lambda --y depth",
                "rankcollapse query \"SELECT depth, lambda, objective FROM runs ORDER BY depth, lambda\" sweeps/example",
            ]),
        new ExampleFiles("model", "a model of three layers as safetensors, the second of rank 10",
            folder => [WriteModel(folder, "model.safetensors")],
            ["rankcollapse inspect model.safetensors --html model.html", "rankcollapse compress model.safetensors --energy 0.999 --out smaller.safetensors"]));

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("examples", "Writes small data and a specification to a folder, and prints what to run; without a name, lists them.")
        {
            Examples = ["rankcollapse examples", "rankcollapse examples digits"],
        };
        var name = new Argument<string?>("NAME") { Description = $"one of {string.Join(", ", All.Names)}", Arity = ArgumentArity.ZeroOrOne };
        name.CompletionSources.Add([.. All.Names]);
        Option<string> output = OptionValue.Of<string>("--out", "The folder [example-NAME]", "DIR");
        Option<bool> force = OptionValue.Switch("--force", "Replace files of the same names in the folder");
        command.Add(name);
        command.Add(output);
        command.Add(force);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is not { } wanted)
            {
                if (parsed.Has(output)) throw new InvalidInputException("--out is where an example goes, and none is named; name one.");
                var table = new TextTable("name", new Column("writes") { IsText = true });
                foreach (ExampleFiles one in All) table.Add(one.Name, one.Meaning);
                table.Write(environment.Output);
                environment.Output.WriteLine("rankcollapse examples NAME writes one of them.");
                return ExitCode.Done;
            }
            ExampleFiles example = All.Parse(wanted);
            string folder = parsed.GetValue(output) ?? $"example-{example.Name}";
            if (File.Exists(folder)) throw new InvalidInputException($"{folder} is a file, expected a folder for the example; choose another --out.");
            if (!parsed.GetValue(force) && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
                throw new InvalidInputException($"The folder {folder} is not empty; choose another --out, or give --force to replace the example's files.");
            FileSteps.Guard(folder, () => FileSteps.MakeFolder(folder));
            foreach (string file in example.Write(folder)) environment.Output.WriteLine(file);
            environment.Output.WriteLine();
            environment.Output.WriteLine("Run in that folder:");
            foreach (string line in example.Commands.Prepend($"cd {folder}")) environment.Output.WriteLine($"  {line}");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The commands of each example, for a test that runs them.</summary>
    internal static IEnumerable<(string Name, IReadOnlyList<string> Commands)> Lines => All.Select(example => (example.Name, example.Commands));

    private static string Copy(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        using Stream builtIn = typeof(ExamplesCommand).Assembly.GetManifestResourceStream(name)!;
        AtomicFile.Write(path, builtIn.CopyTo);
        return path;
    }

    private static string WriteNpz(string folder, string name, DataSet data)
    {
        string path = Path.Combine(folder, name);
        NpzFile.Write(path, new Dictionary<string, NpyArray>
        {
            ["X"] = new([data.SampleCount, data.InputDimension], data.Inputs.Transpose().AsSpan().ToArray()),
            ["y"] = new([data.SampleCount], Array.ConvertAll(data.Labels, label => (long)label)),
        });
        return path;
    }

    private static string WriteCsv(string folder, string name)
    {
        string[] names = ["round", "square", "star"];
        DataSet data = GaussianMixture.Draw(Points, names.Length, 4, 0.2, seed: 0);
        var lines = new List<string> { "width,height,weight,age,class" };
        for (int i = 0; i < data.SampleCount; i++)
            lines.Add($"{string.Join(',', data.Inputs.Column(i).Select(value => value.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture)))},"
                + names[data.Labels[i]]);
        string path = Path.Combine(folder, name);
        AtomicFile.Write(path, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        return path;
    }

    private static string WriteModel(string folder, string name)
    {
        const int Inputs = 784, Hidden = 64, Rank = 10;
        var random = new RandomStream(0, RandomPurpose.Sampling);
        string path = Path.Combine(folder, name);
        new SafetensorsWriter()
            .Add("fc1.weight", RandomMatrix.Gaussian(Hidden, Inputs, random))
            .Add("fc2.weight", Product.Multiply(RandomMatrix.Gaussian(Hidden, Rank, random), RandomMatrix.Gaussian(Rank, Hidden, random)))
            .Add("fc3.weight", RandomMatrix.Gaussian(Rank, Hidden, random))
            .Write(path);
        return path;
    }

    /// <summary>An example.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Meaning">What is written.</param>
    /// <param name="Write">Writes the files to a folder and names them.</param>
    /// <param name="Commands">What to run in the folder.</param>
    private sealed record ExampleFiles(string Name, string Meaning, Func<string, IReadOnlyList<string>> Write, IReadOnlyList<string> Commands);
}
