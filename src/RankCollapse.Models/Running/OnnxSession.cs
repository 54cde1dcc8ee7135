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
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _name;

    /// <summary>Loads a model.</summary>
    /// <param name="model">The graph; external data are looked for in <paramref name="folder"/>.</param>
    /// <param name="name">The model's name, for errors.</param>
    /// <param name="folder">The folder of the model's file.</param>
    /// <param name="deployedThreads">
    /// For how many threads the session is optimised as far as it can be, to be timed; null for one that computes what the graph says.
    /// </param>
    /// <exception cref="InvalidInputException">ONNX Runtime refuses the model.</exception>
    public OnnxSession(ModelProto model, string name, string folder, int? deployedThreads = null)
    {
        _name = name;
        using var options = new SessionOptions
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            GraphOptimizationLevel = deployedThreads is null ? GraphOptimizationLevel.ORT_ENABLE_BASIC : GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = deployedThreads ?? Product.MaxThreads
        };
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);

        // Threads of one session that wait busily would slow down the other one that it is compared with.
        if (deployedThreads is not null) options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            _session = new InferenceSession(model.ToByteArray(), options);
        }
        catch (OnnxRuntimeException e)
        {
            throw Refused(e);
        }
        Inputs = [.. _session.InputMetadata.Select(input => new ModelInput(input.Key, input.Value.ElementDataType, input.Value.Dimensions))];
        Outputs = [.. _session.OutputMetadata.Where(output => output.Value.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR)
            .Select(output => new ModelOutput(output.Key, output.Value.ElementDataType))];
    }

    /// <summary>The most time for one batch.</summary>
    public TimeSpan MostTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The inputs that must be given.</summary>
    public IReadOnlyList<ModelInput> Inputs { get; }

    /// <summary>The outputs that are tensors.</summary>
    public IReadOnlyList<ModelOutput> Outputs { get; }

    /// <summary>Runs the model; the caller disposes of the results.</summary>
    /// <exception cref="InvalidInputException">The model cannot be run on these inputs.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string> outputs)
    {
        CancellationToken asked = Cancellation.Current;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(asked);
        // A graph may hold loops without an end.
        stop.CancelAfter(MostTime);
        using var options = new RunOptions();
        using CancellationTokenRegistration registration = stop.Token.Register(() => options.Terminate = true);
        try
        {
            return _session.Run(options, inputs, outputs);
        }
        catch (OnnxRuntimeException e)
        {
            asked.ThrowIfCancellationRequested();
            if (!stop.IsCancellationRequested) throw Refused(e);
            throw new InvalidInputException($"{_name} did not give its outputs within {MostTime.TotalSeconds:0} s; give fewer samples.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private InvalidInputException Refused(OnnxRuntimeException e) =>
        new($"ONNX Runtime cannot run {_name}: {ErrorText.Printable(e.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.'))}.", e);
}
