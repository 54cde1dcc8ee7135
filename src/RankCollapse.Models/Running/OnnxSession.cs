using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Onnx;

namespace RankCollapse.Models.Running;

/// <summary>An input of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its numbers.</param>
/// <param name="Shape">Its sizes; −1 for those that are free.</param>
internal sealed record ModelInput(string Name, TensorElementType Type, IReadOnlyList<int> Shape);

/// <summary>An output of a model that numbers can be read from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its numbers.</param>
internal sealed record ModelOutput(string Name, TensorElementType Type);

/// <summary>A model in ONNX Runtime, on the processor.</summary>
/// <remarks>
/// A graph may hold loops without an end. A batch has <see cref="LeastSeconds"/> and what it takes to multiply every weight with every number of the inputs,
/// <see cref="ProductsPerSecond"/> of such products a second, far more than layers need; at most <see cref="MostSeconds"/>. Loading has the same and
/// a second for every 10 MB. A single node cannot be ended: where one goes on for <see cref="Grace"/> after that, <see cref="Cancellation.WhenOverdue"/> is
/// called.
/// </remarks>
internal sealed class OnnxSession : IDisposable
{
    private const double LeastSeconds = 3, MostSeconds = 600, ProductsPerSecond = 1e8, LoadedPerSecond = 1e7;
    private const int MostFoldedBytes = 64 << 20, LargeModel = 16 << 20;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly Lazy<string?> LibraryMissing = new(WhyMissing);

    private readonly InferenceSession _session;
    private readonly string _name;
    private readonly double _weights;

    /// <summary>Loads a model.</summary>
    /// <param name="model">The graph; external data are looked for in <paramref name="folder"/>.</param>
    /// <param name="name">The model's name, for errors.</param>
    /// <param name="folder">The folder of the model's file.</param>
    /// <param name="deployedThreads">
    /// For how many threads the session is optimised as far as it can be, to be timed; null for one that computes what the graph says.
    /// </param>
    /// <exception cref="InvalidInputException">ONNX Runtime is missing, refuses the model, or does not load it in time.</exception>
    /// <exception cref="OperationCanceledException">Loading was stopped.</exception>
    public OnnxSession(ModelProto model, string name, string folder, int? deployedThreads = null)
    {
        if (Missing is { } missing) throw new InvalidInputException($"{name} cannot be run here: {missing}");
        _name = name;
        _weights = OnnxFile.Tensors(model.Graph).Sum(tensor => tensor.Dims.Aggregate(1.0, (product, size) => product * Math.Max(size, 0)));
        using var options = new SessionOptions
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            GraphOptimizationLevel = deployedThreads is null ? GraphOptimizationLevel.ORT_ENABLE_BASIC : GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = deployedThreads ?? Product.MaxThreads
        };
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);

        // Threads of one session that wait busily would slow down the other one that it is compared with.
        if (deployedThreads is not null) options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        // Nodes whose inputs are constant are computed while the model is loaded.
        options.AddSessionConfigEntry("optimization.constant_folding_max_output_size_in_bytes", $"{MostFoldedBytes}");
        byte[] bytes = model.ToByteArray();
        _session = InTime(Within(bytes.Length / LoadedPerSecond), () => options.SetLoadCancellationFlag(true),
            () => OnnxMemory.Limited(options, () => new InferenceSession(bytes, options)), "was not loaded");

        // What was handed over is free now; of a large model that shall not wait until memory is short.
        if (bytes.Length > LargeModel)
        {
            bytes = [];
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        }
        Inputs = [.. _session.InputMetadata.Select(input => new ModelInput(input.Key, input.Value.ElementDataType, input.Value.Dimensions))];
        Outputs = [.. _session.OutputMetadata.Where(output => output.Value.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR)
            .Select(output => new ModelOutput(output.Key, output.Value.ElementDataType))];
    }

    /// <summary>Why no model can be run on this machine; null where models can.</summary>
    public static string? Missing => LibraryMissing.Value;

    /// <summary>The most time for one batch, where the usual rule does not count.</summary>
    public TimeSpan? MostTime { get; init; }

    /// <summary>The inputs that must be given.</summary>
    public IReadOnlyList<ModelInput> Inputs { get; }

    /// <summary>The outputs that are tensors.</summary>
    public IReadOnlyList<ModelOutput> Outputs { get; }

    /// <summary>Runs the model; the caller disposes of the results.</summary>
    /// <exception cref="InvalidInputException">The model cannot be run on these inputs.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string> outputs)
    {
        double numbers = inputs.Values.Sum(value => (double)value.GetTensorTypeAndShape().ElementCount);
        using var options = new RunOptions();
        return InTime(MostTime ?? Within(_weights * numbers / ProductsPerSecond), () => options.Terminate = true, () => _session.Run(options, inputs, outputs),
            "did not give its outputs");
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static string? WhyMissing()
    {
        try
        {
            using var options = new SessionOptions();
            return null;
        }
        catch (TypeInitializationException e) when (e.GetBaseException() is DllNotFoundException)
        {
            return $"the library of ONNX Runtime cannot be loaded on {RuntimeInformation.RuntimeIdentifier}; the program brings it for Linux, macOS on ARM, "
                + "and for Windows, where it needs the Visual C++ Redistributable.";
        }
    }

    private static TimeSpan Within(double seconds) => TimeSpan.FromSeconds(Math.Min(LeastSeconds + seconds, MostSeconds));

    /// <summary>Has ONNX Runtime do something, and ends it on request or when its time is over.</summary>
    private T InTime<T>(TimeSpan mostTime, Action end, Func<T> action, string fault)
    {
        CancellationToken asked = Cancellation.Current;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(asked);
        stop.CancelAfter(mostTime);
        using CancellationTokenRegistration registration = stop.Token.Register(end);
        using var overdue = new Timer(_ => Cancellation.WhenOverdue?.Invoke(Late(null)), null, mostTime + Grace, Timeout.InfiniteTimeSpan);
        try
        {
            return action();
        }
        catch (OnnxRuntimeException e)
        {
            asked.ThrowIfCancellationRequested();
            if (OnnxMemory.IsLack(e)) MemoryBudget.Require(double.PositiveInfinity, _name, "give fewer samples at a time, or name fewer tensors");
            if (!stop.IsCancellationRequested) throw Refused(e);
            throw Late(e);
        }

        InvalidInputException Late(Exception? cause) =>
            new($"{_name} {fault} within {mostTime.TotalSeconds:0} s, more than its size explains; look for a loop in it, or give fewer samples.", cause);
    }

    private InvalidInputException Refused(OnnxRuntimeException e) =>
        new($"ONNX Runtime cannot run {_name}: {ErrorText.Printable(e.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.'))}.", e);
}
