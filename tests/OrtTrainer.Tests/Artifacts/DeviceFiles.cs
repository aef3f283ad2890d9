using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using OrtTrainer.Artifacts;
using OrtTrainer.Checkpoints;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Artifacts;

/// <summary>The files of a device that are made of a model with reference values, and its batches.</summary>
internal sealed class DeviceFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly float? _lossScale;

    /// <param name="golden">The folder of the model.</param>
    /// <param name="method">What the loss is.</param>
    /// <param name="trainable">What is trained.</param>
    /// <param name="optimizer">How a step is taken.</param>
    /// <param name="model">A folder with the same model in another form; null for the golden's own.</param>
    /// <param name="lossScale">What the loss is multiplied with, as an input; null for no such input.</param>
    public DeviceFiles(
        string golden, FineTuneMethod? method = null, TrainableParameters? trainable = null,
        ArtifactOptimizer? optimizer = null, string? model = null, float? lossScale = null)
    {
        GoldenModel.Require(golden);
        Golden = new GoldenModel(golden, model);
        _lossScale = lossScale;
        PretrainedModel pretrained = Golden.Pretrained;
        ModelHead head = Golden.Task.Head(Golden.Outputs);
        ParameterLayout layout = PackedGraph.Evaluation(pretrained.Architecture, head).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        Assert.That(pretrained.Load(layout, weights, seed: 0), Is.Empty);
        Manifest = TrainingArtifacts.Write(Folder, new ArtifactOptions
        {
            Architecture = pretrained.Architecture,
            Task = Golden.Task,
            Labels = Golden.Task.OutputNames(pretrained.Config) is { } names && names.Count == Golden.Outputs
                ? names
                : [.. Enumerable.Range(0, Golden.Outputs).Select(i => $"label{i}")],
            Layout = layout,
            Weights = weights,
            Method = method ?? FineTuneMethod.FineTune,
            Trainable = trainable ?? new(),
            Optimizer = optimizer ?? new(),
            ScalesLoss = lossScale is not null,
        });
    }

    public GoldenModel Golden { get; }

    public ArtifactManifest Manifest { get; }

    /// <summary>Where the files are.</summary>
    public string Folder => _folder.File("artifacts");

    /// <summary>The batches as the runtime's program reads them.</summary>
    /// <param name="teacher">The teacher's logits of each batch, of the shape of the model's outputs; null for
    /// none.</param>
    public string Batches(IReadOnlyList<float[]>? teacher = null)
    {
        JsonArray batches = [.. Enumerable.Range(0, 4).Select(batch => Batch(batch, teacher?[batch]))];
        return _folder.Write("batches.json", batches.ToJsonString());
    }

    public string File(string name) => _folder.File(name);

    public void Dispose()
    {
        Golden.Dispose();
        _folder.Dispose();
    }

    private JsonObject Batch(int batch, float[]? teacher)
    {
        using SafetensorsFile golden = SafetensorsFile.OpenFile(Golden.GoldenFile);
        JsonObject tensors = [];
        foreach (ArtifactTensor input in Manifest.Inputs)
        {
            if (input.Name == ArtifactInputs.TeacherLogits)
            {
                tensors[input.Name] = Tensor("float32", [teacher!.Length / Golden.Outputs, Golden.Outputs], teacher);
                continue;
            }

            if (input.Name == ArtifactInputs.LossScale)
            {
                tensors[input.Name] = Tensor("float32", [], new[] { _lossScale!.Value });
                continue;
            }

            bool isTarget = input.Name == PaddedInputs.DecoderInputIds;
            string name = $"batch{batch}.{(isTarget ? ArtifactInputs.Labels : input.Name)}";
            Assert.That(golden.TryGet(name, out TensorInfo info), name);
            if (info.ElementType == ElementType.Int64)
            {
                long[] values = new long[info.ElementCount];
                golden.ReadInt64s(name, values);
                tensors[input.Name] = Tensor(
                    "int64", info.Shape, isTarget ? Shifted(values, (int)info.Shape[1]) : values);
            }
            else
            {
                float[] values = new float[info.ElementCount];
                golden.ReadFloats(name, values);
                tensors[input.Name] = Tensor("float32", info.Shape, values);
            }
        }

        return tensors;
    }

    // What a decoder is given: labels behind the token that the configuration begins with.
    private long[] Shifted(long[] labels, int width) =>
    [
        .. labels.Select((_, i) => i % width == 0
            ? Golden.Pretrained.Config.GetInt("decoder_start_token_id")
            : Math.Max(0, labels[i - 1])),
    ];

    private static JsonObject Tensor<T>(string type, IEnumerable<long> shape, T[] values)
        where T : unmanaged => new()
        {
            ["dtype"] = type,
            ["dims"] = new JsonArray([.. shape.Select(size => JsonValue.Create(size))]),
            ["data"] = new JsonObject
            {
                ["base64"] = Convert.ToBase64String(MemoryMarshal.AsBytes<T>(values)),
            },
        };
}
