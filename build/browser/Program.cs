using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;
using System.Text;
using RankCollapse.Cli.Playing;
using RankCollapse.Data;
using RankCollapse.Runs;
using RankCollapse.Training;

[assembly: SupportedOSPlatform("browser")]

namespace RankCollapse.Browser;

/// <summary>The library as <c>worker.js</c> calls it, in place of the server of <c>rankcollapse play</c>.</summary>
internal static partial class Program
{
    /// <summary>What takes some seconds in a browser.</summary>
    private static readonly RunConfiguration Small = new()
    {
        Data = DataSource.GaussianMixtureName,
        Samples = 30,
        Classes = 3,
        Dimension = 40,
        Depth = 4,
        Width = [16],
        Convention = Convention.Mean,
        Lambda = 1e-2,
    };

    private static Stage? _stage;

    private static Stage Only => _stage ?? throw new InvalidOperationException("The stage is not prepared yet.");

    private static void Main()
    {
        // Everything is called from outside.
    }

    /// <summary>Prepares the first scene.</summary>
    [JSExport]
    internal static void Begin() => _stage = new Stage(new StageOptions { Configuration = Small, IsSliced = true, Told = Look });

    /// <summary>There is something new, also while it trains.</summary>
    [JSImport("look", "worker.js")]
    internal static partial void Look();

    /// <summary>A part of the page, as text.</summary>
    [JSExport]
    internal static string Part(string name) => name switch
    {
        "" => PlayPage.HtmlAlone,
        "play.css" => Encoding.UTF8.GetString(PlayPage.Css),
        "play.js" => Encoding.UTF8.GetString(PlayPage.Script),
        "table" => Encoding.UTF8.GetString(PlayPage.Table),
        "replay" => Only.Replay(),
        _ => throw new InvalidInputException("There is nothing here."),
    };

    /// <summary>What a scene has that the page does not know yet; empty where there is nothing.</summary>
    [JSExport]
    internal static byte[] News(int scene, int version, int generation, int frame) => Only.News(new KnownMoment(scene, version, generation, frame)) ?? [];

    /// <summary>Does what the page asks.</summary>
    [JSExport]
    internal static string Change(string what, string content) => Only.Change(what, Encoding.UTF8.GetBytes(content));

    /// <summary>Trains a little; milliseconds until there is more to do, −1 where there is nothing.</summary>
    [JSExport]
    internal static int Work() => Only.Work() ?? -1;
}
