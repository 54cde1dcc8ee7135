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
/// epochs; what goes on with other settings is one more run that begins with the weights of the last. Where there are no threads it trains in slices: each
/// ends with a checkpoint, and the next one goes on from there.
/// </summary>
internal sealed class Scene : IDisposable
{
    /// <summary>The most pictures a second.</summary>
    private const double PicturesPerSecond = 15;

    /// <summary>Pictures a second that are kept up for up to twice their share of time.</summary>
    private const double LeastPicturesPerSecond = 10;

    /// <summary>The share of the training's time that points and Gram matrices may take.</summary>
    private const double PointsShare = 0.042;

    /// <summary>The share that singular values and bounds may take, which are dear, so that they do not hold up the points.</summary>
    private const double SpectraShare = 0.01;

    private const int MostFrames = 240;

    private static int _generations;

    /// <summary>In slices a picture costs as much as some epochs, and whoever looks wants to see them.</summary>
    private const double ShareOfSlices = 0.15;

    private readonly object _lock = new();
    private readonly string _work;
    private readonly bool _isSliced;
    private readonly Action? _told;
    private readonly FrameBook _frames = new(MostFrames);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;
    private CancellationTokenSource _stop = new();
    private TimeShare _points;
    private TimeShare _spectra;
    private Slice? _slice;
    private FrameCamera? _camera;
    private FrameMoment? _last;
    private Network? _network;
    private long _epoch;
    private long _nextAt;
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
    /// <param name="isSliced">Whether it has no thread, and trains when <see cref="Work"/> is called.</param>
    /// <param name="told">Called whenever there is something new.</param>
    public Scene(string work, RunConfiguration configuration, bool isSliced = false, Action? told = null)
    {
        _work = work;
        _isSliced = isSliced;
        _told = told;
        (_points, _spectra) = Shares();
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
    public async Task WaitAsync(KnownMoment known, TimeSpan most, CancellationToken cancellation)
    {
        Task changed;
        lock (_lock)
        {
            if (Version != known.Version || Generation != known.Generation || _frames.Newest > known.Frame) return;
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
        lock (_lock) wasRunning = _isRunning && Status is SceneStatus.Running or SceneStatus.Preparing;
        string from = RunPath;
        Halt();
        lock (_lock) epoch = _epoch;
        if (!isShape && epoch > 0 && Status != SceneStatus.Failed && (_isSliced || Directory.Exists(from)))
        {
            Change = $"Goes on from the weights of epoch {epoch} with {what}.";
            _epochsBefore = epoch;
            Configuration = wanted;
            Begin(wanted with { From = _isSliced ? null : from }, isNew: false, wasRunning);
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

    /// <summary>Trains a slice, where it has no thread and is to run.</summary>
    /// <returns>Milliseconds until there is more to do; null where there is nothing to do.</returns>
    public int? Work()
    {
        if (_slice is not { } slice) return null;
        if (slice.HasBegun)
        {
            if (!_isRunning && _steps == 0 && !MustRetake && Status != SceneStatus.Running) return null;
            double wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _nextAt).TotalMilliseconds;
            if (_isRunning && double.IsFinite(_speed) && wait > 0 && !MustRetake) return (int)Math.Ceiling(wait);
        }
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        slice.Begin();
        Train(slice.Train, _stop.Token);
        slice.End();
        return 0;
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
                (_leg, _epochsBefore, _epoch, _last, _network, _camera, Data, Forecast, NoForecast) = (0, 0, 0, null, null, null, null, null, "");
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
        // In slices what goes on from other weights is given them in memory, and what nobody reads is not recorded, least of all at the end of every slice.
        Network? from = isNew ? null : _network?.Copy();
        RunConfiguration sliced = configuration with { Record = "objective", RecordEvery = int.MaxValue };
        Launch(options => _isSliced
            ? TrainingRun.StartOrContinue(sliced, path, from is null ? options : options with { Initial = (_, _) => from }, _stop.Token)
            : TrainingRun.Start(configuration, path, options, _stop.Token), runs);
    }

    private void Launch(Func<TrainingRunOptions, TrainingRunResult> train, bool runs)
    {
        lock (_lock)
        {
            _stop.Dispose();
            _stop = new CancellationTokenSource();
            (_points, _spectra) = Shares();
            (_isRunning, _steps, Status, Said) = (runs, 0, SceneStatus.Preparing, "");
            Tell();
        }
        CancellationToken stop = _stop.Token;
        if (_isSliced)
        {
            _slice = new Slice(train);
            return;
        }
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
                // A slice that reached the end is asked to stop there too.
                if (stop.IsCancellationRequested && (!_isSliced || result.Run.Summary.Status == TrainingStatus.Cancelled)) return;
                Network trained = result.Run.Trained;
                (_network, _epoch, _slice) = (trained, _epochsBefore + result.Run.Summary.Epochs, null);
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
                _slice = null;
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
            if (_slice is { HasBegun: true }) return;
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
            (_network, _epoch) = (solver.Network, _epochsBefore + state.Epoch);
            // A slice begins where the last one ended, and does one epoch at least.
            bool goesOn = _slice is { Trains: false, HasBegun: true };
            _slice?.Pass();
            if (_steps > 0 && state.Epoch > 0 && Status != SceneStatus.Preparing && !goesOn) _steps--;
            bool isFirst = Status == SceneStatus.Preparing;
            bool isLimited = double.IsFinite(_speed);
            if (!goesOn) _nextAt = isLimited ? Stopwatch.GetTimestamp() + (long)(Stopwatch.Frequency / _speed) : 0;
            bool hasFrame = false;
            while (!stop.IsCancellationRequested)
            {
                bool goes = (_isRunning || _steps > 0) && (!isLimited || isFirst || Stopwatch.GetTimestamp() >= _nextAt);
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
                if (goes && (goesOn || _slice is not { IsOver: true })) return;
                if (!goes && MustRetake)
                {
                    Take(_points.Spend(() => Moment(state, solver)), FrameDetail.Whole, replacesLast: true);
                    Forgive();
                }
                if (_isSliced) _stop.Cancel();
                else if (isHeld) Monitor.Wait(_lock);
                else Monitor.Wait(_lock, Math.Max(1, (int)Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _nextAt).TotalMilliseconds));
            }
        }
    }

    private bool MustRetake => _choosesPlane || (_camera is not null && _camera.ShowsBound != _showsBound);

    private bool IsDue(double seconds)
    {
        double since = Stopwatch.GetElapsedTime(_pictureAt).TotalSeconds;
        return _frames.Newest < 0 || (since >= 1 / PicturesPerSecond && _points.Allows(seconds))
            || (since >= 1 / LeastPicturesPerSecond && _points.Allows(seconds, times: 2));
    }

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
            _slice = null;
            Monitor.PulseAll(_lock);
        }
        _thread?.Join();
        _thread = null;
    }

    private (TimeShare Points, TimeShare Spectra) Shares() => _isSliced
        ? (new TimeShare(ShareOfSlices), new TimeShare(ShareOfSlices)) : (new TimeShare(PointsShare), new TimeShare(SpectraShare));

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
        _told?.Invoke();
    }
}
