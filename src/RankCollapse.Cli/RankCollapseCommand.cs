using System.CommandLine;
using System.CommandLine.Help;
using RankCollapse.Cli.Commands;
using RankCollapse.Cli.Commands.Sweeps;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Cli;

/// <summary>The <c>rankcollapse</c> command: verbs, help, and errors as one line each.</summary>
internal static class RankCollapseCommand
{
    private static readonly Option<long?> MemoryOption = MemorySize.Option();

    private const string DebugVariable = "RANKCOLLAPSE_DEBUG";

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, CommandEnvironment environment)
    {
        environment = environment.WithPrintableText();
        using IDisposable scope = Cancellation.Use(environment.Cancellation);
        Option<bool> wide = CommonOptions.Wide();
        RootCommand root = Create(environment, wide);
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = environment.Output,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null
            };
            bool asksForHelp = parsed.Action is ExampleHelpAction or VersionAction;
            if (!asksForHelp && ParseErrorLine.Of(parsed) is { } line) throw new InvalidInputException(line);
            foreach (ScreenWriter screen in new[] { environment.Output, environment.Error }.OfType<ScreenWriter>()) screen.IsWide = parsed.GetValue(wide);
            MemoryBudget.Use(parsed.GetValue(MemoryOption));
            int code = parsed.Invoke(invocation);
            // Said of results: where there are none, the error's one line stands alone.
            if (!asksForHelp && parsed.CommandResult.Command is Verb { Computes: true } && Arithmetic.Notice is { } notice)
                environment.Error.WriteLine(WarningLine.Of(notice));
            return code;
        }
        catch (Exception e)
        {
            // The program's border: whatever went wrong becomes one line and an exit code.
            (string message, int failure) = Describe(e);
            // Who has stopped reading, as head does, wants to hear nothing.
            if (failure == ExitCode.PipeClosed) return failure;
            message = ErrorText.Line(message);
            environment.Error.WriteLine($"error: {message}");
            if (Environment.GetEnvironmentVariable(DebugVariable) is "1") environment.Error.WriteLine(e);
            if (e is not StandardOutputException && arguments.Contains(CommonOptions.JsonName)) WriteJsonError(environment, message, failure);
            return failure;
        }
    }

    /// <summary>What is wrong with the words of a command line, in one line; null where it could be run.</summary>
    public static string? WhatIsWrong(IReadOnlyList<string> arguments, CommandEnvironment environment) =>
        ParseErrorLine.Of(Create(environment, CommonOptions.Wide())
        .Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false }));

    private static void WriteJsonError(CommandEnvironment environment, string message, int code)
    {
        try
        {
            JsonOutput.WriteError(environment.Output, message, code);
        }
        catch (StandardOutputException)
        {
            // The error stands on standard error.
        }
    }

    private static RootCommand Create(CommandEnvironment environment, Option<bool> wide)
    {
        var root = new RootCommand("Trains L2-regularised networks to a stationary point and measures collapse and rank in every layer.");
        root.Directives.Clear();
        Add(root, "Train and look", TrainCommand.Create(environment), MeasureCommand.Create(environment), ReportCommand.Create(environment),
            CompareCommand.Create(environment), PlayCommand.Create(environment));
        Add(root, "Hold a run against the theory", ForecastCommand.Create(environment), CertifyCommand.Create(environment),
            ConstructCommand.Create(environment), PathCommand.Create(environment), ReproduceCommand.Create(environment));
        Add(root, "Look into a model of your own", InspectCommand.Create(environment), CompressCommand.Create(environment));
        Add(root, "Train many", SweepCommand.Create(environment), QueryCommand.Create(environment), ServeCommand.Create(environment));
        Add(root, "Know the program", ExamplesCommand.Create(environment), DoctorCommand.Create(environment), SchemaCommand.Create(environment),
            CompletionCommand.Create(environment),
            ManCommand.Create(environment));
        root.Add(CompletionCommand.CreateAnswer(environment, root));
        root.Add(wide);
        root.Add(MemoryOption);
        root.SetAction(_ =>
        {
            GuidedStart.Write(environment.Output);
            return ExitCode.Done;
        });
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelpAction();
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction(TrainingRun.ProgramVersion);
        return root;
    }

    private static void Add(RootCommand root, string topic, params ReadOnlySpan<Command> verbs)
    {
        foreach (Command verb in verbs)
        {
            ((Verb)verb).Topic = topic;
            root.Add(verb);
        }
    }

    private static (string Message, int Code) Describe(Exception error) => error switch
    {
        StandardOutputException { IsClosed: true } => ("", ExitCode.PipeClosed),
        StandardOutputException full => (full.Message, ExitCode.NotReached),
        ComputationFailedException failed => (OptionNames.In(failed), ExitCode.NotReached),
        RankCollapseException known => (OptionNames.In(known), ExitCode.BadInput),
        OperationCanceledException => ("stopped on request.", ExitCode.NotReached),
        // What the system says of files and folders.
        (IOException and not EndOfStreamException) or UnauthorizedAccessException => ($"{FileSteps.InWords(error)}.", ExitCode.BadInput),
        // An installation that is not whole, or lacks what a library of it needs.
        TypeInitializationException or DllNotFoundException when error.GetBaseException() is DllNotFoundException missing =>
            ($"{missing.Message.Split([". ", ": ", "\n"], StringSplitOptions.None)[0]}; the program's libraries lie beside it: unpack or install it whole "
                + "again.", ExitCode.NotReached),
        OutOfMemoryException => ("there is not enough memory; use fewer samples, smaller widths or fewer layers.", ExitCode.NotReached),
        _ => ($"{error.GetType().Name}: {ErrorText.Printable(error.Message)} This is a fault of the program; set {DebugVariable}=1 to see where it arose, and "
            + "report it.", ExitCode.NotReached),
    };
}
