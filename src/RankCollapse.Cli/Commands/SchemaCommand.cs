using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;

namespace RankCollapse.Cli.Commands;

/// <summary><c>schema NAME</c>: what a file or a document holds, as a JSON Schema.</summary>
internal static class SchemaCommand
{
    /// <summary>The JSON document without a name.</summary>
    internal static JsonShape<IReadOnlyList<NamedSchema>> Document => new JsonShape<IReadOnlyList<NamedSchema>>()
        .List("schemas", all => all, new JsonShape<NamedSchema>().Text("name", schema => schema.Name).Text("meaning", schema => schema.Meaning));

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("schema", "Prints the JSON Schema of a file or of what --json writes; without a name, lists them.")
        {
            Examples = ["rankcollapse schema", "rankcollapse schema config", "rankcollapse schema measure-json"],
        };
        Argument<string?> name = new("NAME") { Description = "which schema", Arity = ArgumentArity.ZeroOrOne };
        name.CompletionSources.Add([.. Schemas.All.Names]);
        Option<bool> json = CommonOptions.Json();
        command.Add(name);
        command.Add(json);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is { } wanted) JsonOutput.Write(environment.Output, Schemas.All.Parse(wanted).Create());
            else if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write(Schemas.All));
            else
            {
                var table = new TextTable("name", new Column("of") { IsText = true });
                foreach (NamedSchema schema in Schemas.All) table.Add(schema.Name, schema.Meaning);
                table.Write(environment.Output);
            }
            return ExitCode.Done;
        });
        return command;
    }
}
