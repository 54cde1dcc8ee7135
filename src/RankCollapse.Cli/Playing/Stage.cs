using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text.Json;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Playing;

/// <summary>The one or two trainings of a page, and all that the page asks of them, be it by way of a server or in one browser.</summary>
internal sealed class Stage : IDisposable
{
    private const int MostScenes = 2;

    private readonly WorkFolder _work = WorkFolder.Make("play");
    private readonly StageOptions _options;
    private readonly List<Scene> _scenes = [];
    private readonly ConcurrentDictionary<Scene, (string Run, string Place)> _saved = [];
    private int _made;

    /// <summary>Prepares the first scene.</summary>
    /// <exception cref="InvalidInputException">The settings cannot be used.</exception>
    public Stage(StageOptions options)
    {
        _options = options;
        try
        {
            options.Configuration.Validate();
            SetScenes(1, options.Configuration);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A folder for temporary files, which goes with the stage.</summary>
    public string Folder => _work.Path;

    public void Dispose()
    {
        foreach (Scene scene in _scenes) scene.Dispose();
        _work.Dispose();
    }

    /// <summary>Waits until a scene has something that the page does not know yet.</summary>
    public Task WaitAsync(KnownMoment known, TimeSpan most, CancellationToken cancellation) => SceneAt(known.Scene).WaitAsync(known, most, cancellation);

    /// <summary>What a scene has that the page does not know yet: its state, where that is another one, and frames; null where there is nothing.</summary>
    public byte[]? News(KnownMoment known)
    {
        // Meanwhile another scene may have taken its place, or none.
        Scene? there;
        lock (_scenes) there = known.Scene < _scenes.Count ? _scenes[known.Scene] : null;
        return there?.With((now, frames) =>
        {
            bool isNew = now.Generation != known.Generation, isKnown = !isNew && now.Version == known.Version;
            byte[][] news = [.. frames.After(isNew ? -1 : known.Frame).Select(one => Numbered(one.Number, one.Frame))];
            return news.Length == 0 && isKnown ? null : Envelope(isKnown ? [] : State(now), news);
        });
    }

    /// <summary>A page that replays what was recorded.</summary>
    public string Replay()
    {
        Scene[] scenes;
        lock (_scenes) scenes = [.. _scenes];
        return PlayPage.Replay([.. scenes.Select(scene => scene.With((now, frames) => (State(now), frames.All.ToArray())))]);
    }

    /// <summary>Trains a little where scenes have no threads of their own.</summary>
    /// <returns>Milliseconds until there is more to do; null where there is nothing to do until something is asked.</returns>
    public int? Work() => _scenes.Select(scene => scene.Work()).Min();

    /// <summary>Does what the page asks, in answer to which there is a sentence, or nothing; one thing at a time.</summary>
    /// <param name="what">What is asked.</param>
    /// <param name="content">A JSON object with what belongs to it; may be empty.</param>
    /// <exception cref="InvalidInputException">It cannot be done; nothing has changed then.</exception>
    public string Change(string what, byte[] content)
    {
        using JsonDocument document = Parse(content);
        return Change(what, document.RootElement);
    }

    private static JsonDocument Parse(byte[] content)
    {
        try
        {
            var document = JsonDocument.Parse(content.Length == 0 ? "{}"u8.ToArray() : content);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new InvalidInputException("What is asked is not a JSON object.");
        }
        catch (JsonException e)
        {
            throw new InvalidInputException("What is asked is not JSON.", e);
        }
    }

    private Scene SceneAt(int index)
    {
        lock (_scenes) return index >= 0 && index < _scenes.Count ? _scenes[index] : throw new InvalidInputException("There is no such scene.");
    }

    private string Change(string path, JsonElement asked)
    {
        string? Text(string name) => asked.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        double? Double(string name) => asked.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
        bool IsOn(string name) => asked.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
        Scene One() => SceneAt(Double("scene") is { } at and >= 0 and < MostScenes ? (int)at : -1);
        void All(Action<Scene> change) => _scenes.ForEach(change);

        switch (path)
        {
            case "run": All(scene => scene.Run()); break;
            case "pause": All(scene => scene.Pause()); break;
            case "step": All(scene => scene.Step()); break;
            case "restart": All(scene => scene.Restart()); break;
            case "speed":
                double speed = Double("epochsPerSecond") ?? double.PositiveInfinity;
                if (!(speed > 0)) throw new InvalidInputException("The speed is a number of epochs a second above 0.");
                All(scene => scene.Limit(speed));
                break;
            case "bound": All(scene => scene.ShowBound(IsOn("isShown"))); break;
            case "plane": All(scene => scene.Choose(Text("kind") == "principal" ? PlaneKind.Principal : PlaneKind.Random)); break;
            case "settings":
                Scene one = One();
                one.Configure(Read(asked, one.Configuration));
                return one.Change;
            case "compare":
                SetScenes(IsOn("isOn") ? MostScenes : 1, _scenes[0].Configuration);
                break;
            case "story":
                Story story = Story.All.FirstOrDefault(story => story.Name == Text("name")) ?? throw new InvalidInputException("There is no such story.");
                SetScenes(0, story.Settings[0]);
                foreach (RunConfiguration settings in story.Settings) SetScenes(_scenes.Count + 1, settings);
                All(scene => scene.ShowBound(story.ShowsBound));
                for (int i = 0; i < _scenes.Count; i++) _scenes[i].Limit(story.EpochsPerSecond[i % story.EpochsPerSecond.Count]);
                break;
            case "save": return Save(One());
            default: throw new InvalidInputException("There is nothing that can be asked so.");
        }
        return "";
    }

    /// <summary>Settings as the page's fields have them: texts, empty for the default.</summary>
    private static RunConfiguration Read(JsonElement asked, RunConfiguration start)
    {
        if (!asked.TryGetProperty("settings", out JsonElement settings) || settings.ValueKind != JsonValueKind.Object)
            throw new InvalidInputException("There are no settings.");
        RunConfiguration read = start;
        foreach (JsonProperty property in settings.EnumerateObject())
        {
            Setting setting = Knob.First.Concat(Knob.More).FirstOrDefault(knob => knob.JsonName == property.Name)
                ?? throw new InvalidInputException($"There is no knob '{ErrorText.Printable(property.Name)}'.");
            string text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()!.Trim() : property.Value.GetRawText();
            object? value = text.Length == 0 ? setting.Default : setting.Parse(text)
                ?? throw new InvalidInputException(setting.Type.IsEnum
                    ? $"The setting {setting.Name} is '{ErrorText.Printable(text)}'; {NearMatches.Advice(text, setting.Names)}"
                    : $"The setting {setting.Name} is '{ErrorText.Printable(text)}', expected {setting.ExpectedOption}.");
            read = setting.With(read, value);
        }
        return read;
    }

    private void SetScenes(int count, RunConfiguration configuration)
    {
        while (_scenes.Count > count)
        {
            Scene last = _scenes[^1];
            lock (_scenes) _scenes.RemoveAt(_scenes.Count - 1);
            last.Dispose();
        }
        while (_scenes.Count < count)
        {
            var scene = new Scene(FolderOfAScene(), configuration, _options.IsSliced, _options.Told);
            lock (_scenes) _scenes.Add(scene);
        }
    }

    private string FolderOfAScene()
    {
        string path = Path.Combine(_work.Path, $"scene-{_made++}");
        FileSteps.MakeFolder(path);
        return path;
    }

    private string Save(Scene scene)
    {
        if (_options.NameRun is not { } name) throw new InvalidInputException("A browser alone has no place for runs.");
        string place = SceneSaving.Free(name(scene.Configuration));
        string run = scene.Save(path =>
        {
            SceneSaving.Copy(path, place, scene.Leg > 0);
            return path;
        });
        _saved[scene] = (run, place);
        return place;
    }

    private byte[] State(Scene scene)
    {
        using var stream = new MemoryStream();
        string? place = _saved.TryGetValue(scene, out (string Run, string Place) saved) && saved.Run == scene.RunPath ? saved.Place : null;
        using (var writer = new Utf8JsonWriter(stream)) SceneJson.Write(writer, scene, place, _scenes.Count);
        return stream.ToArray();
    }

    private static byte[] Numbered(int number, byte[] frame)
    {
        var bytes = new byte[sizeof(int) + frame.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        frame.CopyTo(bytes, sizeof(int));
        return bytes;
    }

    /// <summary>The state and frames, each with its length before it.</summary>
    private static byte[] Envelope(byte[] state, byte[][] frames)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (byte[] part in (byte[][])[state, .. frames])
        {
            writer.Write(part.Length);
            writer.Write(part);
        }
        return stream.ToArray();
    }
}

/// <summary>What a stage begins with, and where its runs go.</summary>
internal sealed record StageOptions
{
    /// <summary>The settings of the first scene.</summary>
    public required RunConfiguration Configuration { get; init; }

    /// <summary>The folder that a run of settings is saved to, where it is free; null where there is none.</summary>
    public Func<RunConfiguration, string>? NameRun { get; init; }

    /// <summary>Whether scenes have no threads of their own and train a little whenever <see cref="Stage.Work"/> is called.</summary>
    public bool IsSliced { get; init; }

    /// <summary>Called whenever a scene has something new.</summary>
    public Action? Told { get; init; }
}

/// <summary>What a page knows of a scene.</summary>
/// <param name="Scene">Its place.</param>
/// <param name="Version">The version of its state.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Frame">The newest frame.</param>
internal readonly record struct KnownMoment(int Scene, int Version, int Generation, int Frame);
