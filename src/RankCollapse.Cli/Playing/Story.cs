using System.Text.Json;
using RankCollapse.Data;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Cli.Playing;

/// <summary>A guided scene of about half a minute.</summary>
/// <param name="Name">Its name in addresses.</param>
/// <param name="Title">Its title.</param>
/// <param name="Settings">The settings of the one or two trainings that it shows.</param>
/// <param name="Steps">What it says, and when.</param>
internal sealed record Story(string Name, string Title, IReadOnlyList<RunConfiguration> Settings, IReadOnlyList<StoryStep> Steps)
{
    private static readonly RunConfiguration Small = new()
    {
        Data = DataSource.GaussianMixtureName,
        Samples = 60,
        Classes = 3,
        Dimension = 80,
        Sigma = 0.5,
        Depth = 4,
        Width = [24],
        Convention = Convention.Mean,
        Lambda = 1e-2,
    };

    /// <summary>Epochs a second of each training, so that one can follow.</summary>
    public IReadOnlyList<double> EpochsPerSecond { get; init; } = [4];

    /// <summary>Whether Theorem 3.4's bound is shown.</summary>
    public bool ShowsBound { get; init; }

    /// <summary>All stories, in their order.</summary>
    public static IReadOnlyList<Story> All { get; } =
    [
        new("collapse", "What collapse is", [Small],
        [
            new("Sixty samples of three classes, and a network of four layers with random weights. Each panel shows what one layer "
                + "makes of the samples: a cloud for each class.", 0),
            new("Training begins: the network is to tell the classes apart, with weights and features as small as that allows.", 0),
            new("The clouds shrink. The total cluster variation (TCV) of a layer is the mean squared distance of the samples from the "
                + "centre of their class; it falls in every layer, by one power of ten after the other.", 4),
            new("In the end each class is one point in each layer, to many digits: the Gram matrices are three by three flat blocks, "
                + "and the rank of the features is the number of classes. That is deep neural collapse.", StoryStep.AtEnd),
        ]),
        new("first-order", "Why first-order training does not get there",
        [
            Small with { Solver = "adam", LearningRate = 3e-3, MaxEpochs = 3000 },
            Small,
        ],
        [
            new("The same weights twice, and the same objective. The one is trained with Adam, the other with Newton's method.", 0),
            new("Both lower the objective at once, and after a moment both curves seem to have ended.", 0),
            new("Look at the gradient and at TCV, on their logarithmic axes. Within some tens of epochs Newton's method takes both "
                + "down by many powers of ten. Adam's objective looks flat, and the TCV of its first layer hardly falls any more.", 12),
            new("The directions along which layers collapse have hardly any curvature: a step along the gradient does next to nothing "
                + "there, and a Newton step goes all the way. After 3,000 epochs Adam's first layer is no nearer to collapse than a part "
                + "in a hundred. Networks that are called trained are often far from the point that the theorems speak of.", StoryStep.AtEnd),
        ])
        { EpochsPerSecond = [200, 4] },
        new("delta", "What δ does (Theorem 4.4)", [Small with { Delta = 10 }, Small with { Delta = 0 }],
        [
            new("δ is the first layer's share of the weight penalty. The one network pays ten times the usual price for its first "
                + "layer, the other one nothing.", 0),
            new("Both train from the same weights, with the same axes.", 0),
            new("With δ = 0 the first layer may do whatever it takes to bring each class to one point, and all layers collapse.", 8),
            new("With δ = 10 TCV stops where more collapse would cost more than it saves, and this is a minimum too. Theorem 4.4 says "
                + "what lies between: as δ falls to 0 the minima tend to those that are collapsed in every layer. Set delta to 1 and to "
                + "0.1 on the left to see it.", StoryStep.AtEnd),
        ])
        { EpochsPerSecond = [3, 4] },
        new("forecast", "The forecast, before training", [Small with { Depth = 5, Activation = "asinh", DataSeed = 1 }],
        [
            new("Nothing is trained yet, and the rings already say where the singular values of every layer will end, and the dashed "
                + "line where the objective will: collapsed networks solve a problem of K points alone, which takes a moment.", 0),
            new("Now training begins, from weights that know nothing of it.", 0),
            new("The singular values beyond the third fall off a cliff. The three that stay go to their rings.", 4),
            new("Each ring holds its dot. What the network became was known from the data, the penalties and the activation.", StoryStep.AtEnd),
        ]),
        new("rank", "Low rank from collapse (Theorem 3.4)", [Small with { Samples = 45, Width = [16] }],
        [
            new("Theorem 3.4 bounds how far a weight matrix can be from rank K by how far the layers before it are from collapse, at "
                + "any point of training.", 0),
            new("Training begins. For each layer the ring is the bound, the dot the true distance from rank three.", 0),
            new("As the layers before collapse, the bound falls, and the distance has to stay below it.", 4),
            new("At the end the bound leaves the weights of layers 2 to 4 no room beside rank three: what has collapsed is of low "
                + "rank, whatever its width. The first layer has no bound, because with δ = 0 its weights are not penalised.", StoryStep.AtEnd),
        ])
        { ShowsBound = true },
    ];

    /// <summary>Writes what the page needs to tell the stories.</summary>
    public static void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("stories");
        foreach (Story story in All)
        {
            writer.WriteStartObject();
            writer.WriteString("name", story.Name);
            writer.WriteString("title", story.Title);
            writer.WriteNumber("scenes", story.Settings.Count);
            writer.WriteBoolean("bound", story.ShowsBound);
            writer.WriteStartArray("steps");
            foreach (StoryStep step in story.Steps)
            {
                writer.WriteStartObject();
                writer.WriteString("text", step.Text);
                writer.WriteNumber("from", step.FromEpoch);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}

/// <summary>A step of a story: the first is said before training, the second when it begins.</summary>
/// <param name="Text">What it says.</param>
/// <param name="FromEpoch">The epoch of the last training from which it is said; <see cref="AtEnd"/> for the end of all trainings.</param>
internal sealed record StoryStep(string Text, int FromEpoch)
{
    /// <summary>Said when all trainings have ended.</summary>
    public const int AtEnd = -1;
}
