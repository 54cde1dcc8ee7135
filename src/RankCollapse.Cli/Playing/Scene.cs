using System.Diagnostics;
using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;

namespace RankCollapse.Cli.Playing;

/// <summary>Where a scene stands.</summary>
internal enum SceneStatus
{
    /// <summary>Data are loaded, weights are drawn.</summary>
    Preparing,

    /// <summary>All is there, and nothing is trained yet.</summary>
    Ready,

    /// <summary>It trains.</summary>
    Running,

    /// <summary>It waits between two epochs.</summary>
    Paused,

    /// <summary>Training has ended.</summary>
    Ended,

    /// <summary>These settings cannot be trained.</summary>
    Failed,
}

/// <summary>
/// A training that can be held, stepped and changed while it is watched. It is an ordinary <see cref="TrainingRun"/> into a temporary folder, held between its
/// epochs; what goes on with other settings is one more run that begins with the weights of the last.
/// </summary>
internal sealed class Scene : IDisposable
{
    /// <summary>The most pictures a second.</summary>
    private const double PicturesPerSecond = 15;

    /// <summary>The share of the training's time that points and Gram matrices may take.</summary>
    private const double PointsShare = 0.042;

    /// <summary>The share that singular values and bounds may take, which are dear, so that they do not hold up the points.</summary>
    private const double SpectraShare = 0.01;

    private const int MostFrames = 240;

    private static int _generations;

    private readonly object _lock = new();
    private readonly string _work;
    private readonly FrameBook _frames = new(MostFrames);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;
    private CancellationTokenSource _stop = new();
    private TimeShare _points = new(PointsShare);
    private TimeShare _spectra = new(SpectraShare);
    private FrameCamera? _camera;
    private FrameMoment? _last;
    private long _pictureAt;
    private bool _isRunning;
    private int _steps;
    private double _speed = double.PositiveInfinity;
    private bool _showsBound;
    private PlaneKind _plane;
    private bool _choosesPlane;
    private int _leg;
    private int _folders;
    private long _epochsBefore;

    /// <summary>Makes a scene, which prepares at once.</summary>
    /// <param name="work">A folder for its runs.</param>
    /// <param name="configuration">Its settings.</param>
    public Scene(string work, RunConfiguration configuration)
    {
        _work = work;
        Configuration = configuration;
        Begin(configuration);
    }

    /// <summary>The settings, as they were given.</summary>
    public RunConfiguration Configuration { get; private set; }

    /// <summary>Another one where all frames are new ones; no two scenes have the same.</summary>
    public int Generation { get; private set; }

    /// <summary>Raised with every change but new frames.</summary>
    public int Version { get; private set; }

    /// <summary>Where it stands.</summary>
    public SceneStatus Status { get; private set; }

    /// <summary>What is said of it, in a sentence.</summary>
    public string Said { get; private set; } = "";

    /// <summary>What the last change of settings did, in a sentence.</summary>
    public string Change { get; private set; } = "";

    /// <summary>The data; null until they are loaded.</summary>
    public DataSet? Data { get; private set; }

    /// <summary>What theory expects; null until it is known, or where nothing can be said.</summary>
    public ForecastSet? Forecast { get; private set; }

    /// <summary>Why there is no forecast; empty where there is one, or it is not known yet.</summary>
    public string NoForecast { get; private set; } = "";

    /// <summary>What takes the pictures; null until data are there.</summary>
    public FrameCamera? Camera => _camera;

    /// <summary>What planes frames are in, in words.</summary>
    public string Plane { get; private set; } = "";

    /// <summary>The folder of the run at hand.</summary>
    public string RunPath { get; private set; } = "";

    /// <summary>How many times settings changed on the way.</summary>
    public int Leg => _leg;

    /// <summary>Reads or looks at what frames there are, while nothing changes.</summary>
    public T With<T>(Func<Scene, FrameBook, T> look)
    {
        lock (_lock) return look(this, _frames);
    }

    /// <summary>Waits until something has changed, or for a time.</summary>
    public async Task WaitAsync(int version, int generation, int frame, TimeSpan most, CancellationToken cancellation)
    {
        Task changed;
        lock (_lock)
        {
            if (Version != version || Generation != generation || _frames.Newest > frame) return;
            changed = _changed.Task;
        }
        await Task.WhenAny(changed, Task.Delay(most, cancellation));
    }

    /// <summary>Runs on.</summary>
    public void Run() => Steer(() => _isRunning = true);

    /// <summary>Holds after the epoch at hand.</summary>
    public void Pause() => Steer(() => _isRunning = false);

    /// <summary>Does one epoch, and holds.</summary>
    public void Step() => Steer(() => (_isRunning, _steps) = (false, 1));

    /// <summary>Does at most so many epochs a second.</summary>
    public void Limit(double epochsPerSecond) => Steer(() => _speed = epochsPerSecond);

    /// <summary>Shows Theorem 3.4's bound, or leaves it out.</summary>
    public void ShowBound(bool isShown)
    {
        Steer(() => _showsBound = isShown);
        Retake();
    }

    /// <summary>Chooses the planes of the frames from now on.</summary>
    public void Choose(PlaneKind kind)
    {
        Steer(() => (_plane, _choosesPlane) = (kind, true));
        Retake();
    }

    /// <summary>Begins again with the settings at hand.</summary>
    public void Restart()
    {
        RunConfiguration configuration;
        lock (_lock) configuration = Configuration;
        Halt();
        Change = "Starts anew.";
        Begin(configuration);
    }

    /// <summary>Takes other settings: goes on with the same weights where the shape and the data stay, and starts anew where they do not.</summary>
    /// <exception cref="InvalidInputException">The settings cannot be used; nothing has changed then.</exception>
    public void Configure(RunConfiguration wanted)
    {
        wanted.Validate();
        Setting[] changed = [.. RunSettings.All.Where(setting => !Setting.AreEqual(setting.Get(wanted), setting.Get(Configuration)))];
        if (changed.Length == 0) return;
        bool isShape = changed.Any(setting => setting.Part is SettingPart.Data or SettingPart.Network or SettingPart.Start);
        string what = string.Join(", ", changed.Select(setting => $"{setting.Name} {(setting.Get(wanted) is { } value ? Setting.Text(value) : "by default")}"));
        bool wasRunning;
        long epoch;
        lock (_lock) (wasRunning, epoch) = (_isRunning && Status is SceneStatus.Running or SceneStatus.Preparing, _last?.Epoch ?? 0);
        string from = RunPath;
        bool canGoOn = !isShape && epoch > 0 && Status != SceneStatus.Failed;
        Halt();
        if (canGoOn && Directory.Exists(from))
        {
            Change = $"Goes on from the weights of epoch {epoch} with {what}.";
            _epochsBefore = epoch;
            Configuration = wanted;
            Begin(wanted with { From = from }, isNew: false, wasRunning);
            return;
        }
        Change = epoch > 0 ? $"Starts anew with {what}." : $"With {what}.";
        Begin(wanted, isNew: true, wasRunning && epoch > 0);
    }

    /// <summary>
    /// Has the run at hand written as it is: a training that has not ended is stopped as Ctrl-C does, copied by <paramref name="save"/>, and goes on.
    /// </summary>
    /// <param name="save">Takes the run's folder.</param>
    public T Save<T>(Func<string, T> save)
    {
        bool hasEnded;
        lock (_lock)
        {
            if (Status is SceneStatus.Preparing or SceneStatus.Failed) throw new InvalidInputException("There is nothing to save yet.");
            hasEnded = Status == SceneStatus.Ended;
        }
        if (hasEnded) return save(RunPath);
        bool wasRunning;
        lock (_lock) wasRunning = _isRunning;
        Halt();
        try
        {
            return save(RunPath);
        }
        finally
        {
            Launch(options => TrainingRun.Resume(RunPath, null, options, _stop.Token), wasRunning);
        }
    }

    public void Dispose()
    {
        Halt();
        lock (_lock) Notify();
        _stop.Dispose();
    }

    /// <summary>Begins a run, from drawn weights or from those of another.</summary>
    private void Begin(RunConfiguration configuration, bool isNew = true, bool runs = false)
    {
        lock (_lock)
        {
            if (isNew)
            {
                if (RunPath.Length > 0) FileSteps.TryDeleteFolder(RunPath);
                Configuration = configuration;
                Generation = Interlocked.Increment(ref _generations);
                _frames.Clear();
                (_leg, _epochsBefore, _last, _camera, Data, Forecast, NoForecast) = (0, 0, null, null, null, null, "");
                (_choosesPlane, Plane) = (_plane == PlaneKind.Principal, "a random plane");
            }
            else
            {
                _leg++;
                (Forecast, NoForecast) = (null, "");
            }
            RunPath = Path.Combine(_work, $"run-{_folders++}");
        }
        string path = RunPath;
        Launch(options => TrainingRun.Start(configuration, path, options, _stop.Token), runs);
    }

    private void Launch(Func<TrainingRunOptions, TrainingRunResult> train, bool runs)
    {
        lock (_lock)
        {
            _stop.Dispose();
            _stop = new CancellationTokenSource();
            (_points, _spectra) = (new TimeShare(PointsShare), new TimeShare(SpectraShare));
            (_isRunning, _steps, Status, Said) = (runs, 0, SceneStatus.Preparing, "");
            Tell();
        }
        CancellationToken stop = _stop.Token;
        _thread = new Thread(() => Train(train, stop)) { IsBackground = true, Name = "play" };
        _thread.Start();
    }

    private void Train(Func<TrainingRunOptions, TrainingRunResult> train, CancellationToken stop)
    {
        try
        {
            var options = new TrainingRunOptions { Started = Start, Watched = (state, solver) => Watch(state, solver, stop) };
            TrainingRunResult result = train(options);
            lock (_lock)
            {
                if (stop.IsCancellationRequested) return;
                Network trained = result.Run.Trained;
                if (_last is { } last && result.IsMeasured)
                {
                    FrameMoment end = Final(last, result.Run.Summary) with { Network = trained, Features = trained.Features(Data!.Inputs) };
                    Take(end, FrameDetail.Whole, replacesLast: true);
                }
                Status = SceneStatus.Ended;
                Said = $"{EnumNames.Of(result.Run.Summary.Status)}{(result.Advice is { } advice ? $": {advice.Text}" : "")}";
                Tell();
            }
        }
        catch (Exception e)
        {
            // The border of the scene's thread: whatever went wrong is said on the page.
            lock (_lock)
            {
                if (stop.IsCancellationRequested) return;
                Status = SceneStatus.Failed;
                Said = e is RankCollapseException ? e.Message : $"{e.GetType().Name}: {ErrorText.Printable(e.Message)}";
                Tell();
            }
        }
    }

    private FrameMoment Final(FrameMoment last, RunSummary summary) => last with
    {
        Epoch = _epochsBefore + summary.Epochs,
        Seconds = summary.Seconds,
        Value = new ObjectiveValue(summary.Objective, summary.DataLoss, summary.WeightPenalty, summary.FeaturePenalty),
        RelativeGradient = summary.RelativeGradientNorm,
    };

    private void Start(TrainingRunStart start)
    {
        int generation, leg;
        lock (_lock)
        {
            Data = start.DataSet;
            _camera ??= new FrameCamera(start.DataSet, start.Specification, start.Configuration.Seed);
            (generation, leg) = (Generation, _leg);
            if (Forecast is not null || NoForecast.Length > 0) return;
        }
        _ = Task.Run(() => ExpectAsync(start, generation, leg));
    }

    private async Task ExpectAsync(TrainingRunStart start, int generation, int leg)
    {
        // Who turns one knob after the other wants the last forecast alone.
        await Task.Delay(TimeSpan.FromMilliseconds(150));
        lock (_lock)
        {
            if ((generation, leg) != (Generation, _leg)) return;
        }
        ForecastSet? forecast = null;
        string none = "";
        try
        {
            forecast = ForecastSet.Compute(start.Specification, start.DataSet, start.Configuration.ToObjectiveSettings(), start.Configuration.Seed);
        }
        catch (Exception e) when (e is RankCollapseException or ArithmeticException or OutOfMemoryException)
        {
            none = e.Message;
        }
        lock (_lock)
        {
            if ((generation, leg) != (Generation, _leg)) return;
            (Forecast, NoForecast) = (forecast, none);
            Tell();
        }
    }

    /// <summary>Between two epochs: takes a picture where it is time for one, and holds the training where it is not to run.</summary>
    private void Watch(TrainingState state, Solver solver, CancellationToken stop)
    {
        lock (_lock)
        {
            if (_steps > 0 && state.Epoch > 0 && Status != SceneStatus.Preparing) _steps--;
            bool isFirst = Status == SceneStatus.Preparing;
            bool isLimited = double.IsFinite(_speed);
            long nextAt = isLimited ? Stopwatch.GetTimestamp() + (long)(Stopwatch.Frequency / _speed) : 0;
            bool hasFrame = false;
            while (!stop.IsCancellationRequested)
            {
                bool goes = (_isRunning || _steps > 0) && (!isLimited || isFirst || Stopwatch.GetTimestamp() >= nextAt);
                bool isHeld = !_isRunning && _steps == 0;
                if (!hasFrame && (isHeld || IsDue(state.Seconds)))
                {
                    bool isWhole = isHeld || isLimited || isFirst;
                    Take(_points.Spend(() => Moment(state, solver)), isWhole ? FrameDetail.Whole : FrameDetail.Moving, replacesLast: false);
                    if (isWhole) Forgive();
                    hasFrame = true;
                }
                SceneStatus status = isHeld ? _last is { Epoch: > 0 } ? SceneStatus.Paused : SceneStatus.Ready : SceneStatus.Running;
                if (status != Status)
                {
                    Status = status;
                    Tell();
                }
                if (goes) return;
                if (_choosesPlane || _camera!.ShowsBound != _showsBound)
                {
                    Take(_points.Spend(() => Moment(state, solver)), FrameDetail.Whole, replacesLast: true);
                    Forgive();
                }
                if (isHeld) Monitor.Wait(_lock);
                else Monitor.Wait(_lock, Math.Max(1, (int)Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), nextAt).TotalMilliseconds));
            }
        }
    }

    private bool IsDue(double seconds) =>
        _frames.Newest < 0 || (Stopwatch.GetElapsedTime(_pictureAt).TotalSeconds >= 1 / PicturesPerSecond && _points.Allows(seconds));

    private void Forgive()
    {
        _points.Forgive();
        _spectra.Forgive();
    }

    private FrameMoment Moment(TrainingState state, Solver solver)
    {
        // Of mini-batches the solver knows its batch alone, and of many samples a part at a time.
        Objective objective = solver.Objective;
        ObjectiveValue value = state.Value;
        if (!solver.IsMeasured)
        {
            objective = new Objective(solver.Network.Specification, objective.Data, objective.Settings);
            value = objective.Value(solver.Network);
        }
        IReadOnlyList<Matrix> features =
            objective.Features[^1].Columns == objective.Data.SampleCount ? objective.Features : solver.Network.Features(objective.Data.Inputs);
        return new FrameMoment(_leg, _epochsBefore + state.Epoch, state.Seconds, value, state.Gradient.Relative, solver.Network, features,
            solver.Objective.Settings);
    }

    private void Take(FrameMoment moment, FrameDetail detail, bool replacesLast)
    {
        if (!replacesLast && _last is { } last && last.Epoch == moment.Epoch && last.Leg == moment.Leg && _frames.Newest >= 0) return;
        FrameCamera camera = _camera!;
        if (_choosesPlane)
        {
            _choosesPlane = false;
            camera.Choose(_plane, moment.Features);
            Plane = _plane == PlaneKind.Random ? "a random plane" : $"the principal axes of epoch {moment.Epoch}";
            Version++;
        }
        camera.ShowsBound = _showsBound;
        _last = moment;
        _pictureAt = Stopwatch.GetTimestamp();
        _frames.Add(camera.Take(moment, detail, _points, _spectra));
        Notify();
    }

    /// <summary>Takes the last picture of a training that has ended once more, in other planes or with other numbers.</summary>
    private void Retake()
    {
        lock (_lock)
        {
            if (Status != SceneStatus.Ended || _last is not { } last) return;
            Take(last with { Features = last.Network.Features(Data!.Inputs) }, FrameDetail.Whole, replacesLast: true);
            Tell();
        }
    }

    private void Steer(Action change)
    {
        lock (_lock)
        {
            change();
            Version++;
            Notify();
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Stops the run at hand as Ctrl-C does, and waits until it is written.</summary>
    private void Halt()
    {
        lock (_lock)
        {
            _stop.Cancel();
            Monitor.PulseAll(_lock);
        }
        _thread?.Join();
        _thread = null;
    }

    private void Tell()
    {
        Version++;
        Notify();
    }

    private void Notify()
    {
        TaskCompletionSource changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }
}
