using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OrtTrainer.Calibration;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models;
using OrtTrainer.Models.Backbones;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Text;

namespace OrtTrainer.Export;

/// <summary>
/// Writes a fine-tuned model as Hugging Face's tools and their users expect it: config.json, model.safetensors,
/// onnx/model.onnx and the tokenizer. The same model and provenance give the same bytes.
/// </summary>
internal static class ModelExporter
{
    private const string SafetensorsName = "model.safetensors";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes all files, or none.</summary>
    /// <param name="folder">Where to: made if absent; other files in it stay.</param>
    /// <param name="model">What to export.</param>
    /// <param name="provenance">How it came to be.</param>
    /// <param name="reference">What the exported graph must answer; null skips the comparison.</param>
    /// <param name="cancellation">Stops between files, and the comparison between batches; the folder stays as it
    /// was.</param>
    /// <param name="quantization">Whether a smaller graph goes along; how it differs is told, not judged.</param>
    /// <param name="isFused">Whether attention is an operator of ONNX Runtime's own in all graphs.</param>
    /// <exception cref="RunException">
    /// The model and its tokenizer or labels do not go together, or the folder is the model's own.
    /// </exception>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    /// <exception cref="ExportMismatchException">The exported graph or tokenizer answers otherwise than the
    /// reference.</exception>
    public static ExportResult Export(
        string folder, FineTunedModel model, Provenance provenance, ExportReference? reference = null,
        CancellationToken cancellation = default, Quantization quantization = Quantization.None,
        bool isFused = false) =>
        Export(folder, model, provenance, OnnxFile.DefaultInlineLimit, reference, cancellation, quantization, isFused);

    internal static ExportResult Export(
        string folder, FineTunedModel model, Provenance provenance, long inlineLimit,
        ExportReference? reference = null, CancellationToken cancellation = default,
        Quantization quantization = Quantization.None, bool isFused = false)
    {
        RefuseOwnFolder(folder, model);
        if (quantization != Quantization.None && model.Head.HasDecoder)
        {
            throw new RunException("An encoder with its decoder is not exported with 8-bit weights. Leave them out.");
        }

        if (isFused && PaddedGraph.NotFused(model.Architecture, model.Head) is { } kind)
        {
            throw new RunException(
                $"The graph of {kind} is not exported with fused attention. Leave the fusion out: the plain graph " +
                "computes the same.");
        }

        using StagedFolder staged = new(folder);
        Write(staged.Path, model, Graphs(model, isFused), provenance.ToMetadata(), inlineLimit, quantization,
            cancellation);
        if (reference?.Texts is not null && model.TokenizerFolder is not null)
        {
            TokenizerCheck.Require(staged.Path, folder, model.Task, reference, cancellation);
        }

        ExportComparison? comparison = reference is null
            ? null
            : ExportCheck.Compare(
                staged.Path, OnnxModelFolder.ExportedGraph(staged.Path, model.Head), reference, cancellation);
        if (comparison is { Agrees: false })
        {
            throw new ExportMismatchException(OnnxModelFolder.ExportedGraph(folder, model.Head), comparison);
        }

        ExportComparison? quantized = reference is null || quantization == Quantization.None
            ? null
            : ExportCheck.Compare(staged.Path, OnnxModelFolder.QuantizedGraph(staged.Path), reference, cancellation);
        cancellation.ThrowIfCancellationRequested();
        string[] owned =
        [
            ModelConfig.FileName, SafetensorsName, GenAiConfig.FileName, ModelCalibration.FileName,
            .. TokenizerExport.FileNames, .. TokenizerExport.TemplatesOf(folder),
            .. ModelTask.All.SelectMany(task => task.FileNames), .. TrainedAdapter.FileNames,
            // Beside config.json lies the graph of an older export, which would now be another model's.
            OnnxModelFolder.OnnxName, OnnxFile.DataNameOf(OnnxModelFolder.OnnxName),
            .. new[]
                {
                    OnnxModelFolder.OnnxName, OnnxModelFolder.EncoderName, OnnxModelFolder.DecoderName,
                    OnnxModelFolder.UncachedDecoderName,
                }
                .SelectMany(name => new[] { name, OnnxFile.DataNameOf(name) })
                .Append(OnnxModelFolder.QuantizedName)
                .Select(name => Path.Combine(OnnxModelFolder.GraphFolder, name)),
        ];
        return new(staged.Publish(owned), comparison) { Quantized = quantized };
    }

    private static void Write(
        string folder, FineTunedModel model, IReadOnlyList<(string Name, ModelProto Graph)> graphs,
        IReadOnlyList<KeyValuePair<string, string>> metadata, long inlineLimit, Quantization quantization,
        CancellationToken cancellation)
    {
        foreach ((_, ModelProto graph) in graphs)
        {
            graph.MetadataProps.AddRange(
                metadata.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }));
        }

        cancellation.ThrowIfCancellationRequested();
        bool externalData = graphs.Any(graph => OnnxFile.NeedsExternalData(graph.Graph, inlineLimit));
        ExportedConfig.For(model, externalData).Save(folder);
        SafetensorsWriter.Write(Path.Combine(folder, SafetensorsName),
            StoredTensors.Of(model.Layout, model.Parameters).Concat(Zeros(model.Architecture)),
            new Dictionary<string, string>([.. SafetensorsWriter.PyTorchFormat, .. metadata]));
        foreach ((string name, byte[] content) in model.Architecture.Files)
        {
            AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(content));
        }

        model.Calibration?.Write(folder);
        model.Adapter?.Write(Path.Combine(folder, TrainedAdapter.Folder), model, metadata);
        cancellation.ThrowIfCancellationRequested();
        if (quantization == Quantization.Int8)
        {
            // Before the weights leave the model for a file beside it.
            ModelProto int8 = Int8Graph.Of(graphs.Single().Graph);
            Directory.CreateDirectory(Path.Combine(folder, OnnxModelFolder.GraphFolder));
            AtomicFile.Write(OnnxModelFolder.QuantizedGraph(folder), stream => int8.WriteTo(stream));
        }

        foreach ((string name, ModelProto graph) in graphs)
        {
            OnnxFile.Write(Path.Combine(folder, OnnxModelFolder.GraphFolder), name, graph, externalData);
        }

        if (model.Task.TakesImages)
        {
            // No tokenizer goes along, and no length.
        }
        else if (model.TokenizerFolder is { } tokenizer)
        {
            TokenizerExport.Read(tokenizer, model.Architecture.Shape.Positions, model.MaxLength).Write(folder);
        }
        else if (model.MaxLength is { } maxLength)
        {
            TokenizerSettings.WriteLimit(folder, maxLength);
        }

        (string graphName, ModelProto first) = graphs[0];
        if (GenAiConfig.Of(model, first, Path.Combine(OnnxModelFolder.GraphFolder, graphName)) is { } genAi)
        {
            AtomicFile.WriteText(Path.Combine(folder, GenAiConfig.FileName), genAi.ToJsonString(Indented) + "\n");
        }

        int limit = model.MaxLength ?? model.Architecture.Shape.Positions;
        foreach ((string path, JsonNode content) in model.Task.FilesOf(
            limit, () => model.TokenizerFolder is { } own ? Tokenizer.Load(own) : null))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            AtomicFile.WriteText(Path.Combine(folder, path), content.ToJsonString(Indented) + "\n");
        }
    }

    private static IReadOnlyList<(string Name, ModelProto Graph)> Graphs(FineTunedModel model, bool isFused)
    {
        if (!model.Head.HasDecoder)
        {
            return [(
                OnnxModelFolder.OnnxName,
                PaddedGraph.Build(model.Architecture, model.Head, model.Layout, model.Parameters, isFused))];
        }

        EncoderDecoder architecture = (EncoderDecoder)model.Architecture;
        return
        [
            (OnnxModelFolder.EncoderName, PaddedGraph.BuildEncoder(architecture, model.Layout, model.Parameters)),
            (OnnxModelFolder.DecoderName,
                PaddedGraph.BuildDecoder(architecture, model.Head, model.Layout, model.Parameters)),
        ];
    }

    private static IEnumerable<TensorData> Zeros(Architecture architecture) =>
        architecture.ZeroTensor is var (name, shape)
            ? [TensorData.Floats(name, shape, () => new float[shape.Aggregate(1L, (n, size) => n * size)])]
            : [];

    private static void RefuseOwnFolder(string folder, FineTunedModel model)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        foreach (string? source in new[] { model.TokenizerFolder, Path.GetDirectoryName(model.Config.Path) })
        {
            if (source is not null && Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)) == target)
            {
                throw new RunException(
                    $"{target} holds the model that training began from; an export there would replace it. " +
                    "Choose another folder.");
            }
        }
    }
}
