using OrtTrainer.Checkpoints;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models;

namespace OrtTrainer.Export;

/// <summary>
/// Writes a fine-tuned model as Hugging Face's tools and their users expect it: config.json, model.safetensors, model.onnx and the
/// tokenizer. The same model and provenance give the same bytes.
/// </summary>
public static class ModelExporter
{
    private const string SafetensorsName = "model.safetensors";

    /// <summary>Writes all files, or none.</summary>
    /// <param name="folder">Where to: made if absent; other files in it stay.</param>
    /// <param name="model">What to export.</param>
    /// <param name="provenance">How it came to be.</param>
    /// <returns>The full paths of the files.</returns>
    /// <exception cref="ModelException">The model and its tokenizer or labels do not go together, or the folder is the model's own.</exception>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public static IReadOnlyList<string> Export(string folder, FineTunedModel model, Provenance provenance) =>
        Export(folder, model, provenance, OnnxFile.DefaultInlineLimit);

    internal static IReadOnlyList<string> Export(string folder, FineTunedModel model, Provenance provenance, long inlineLimit)
    {
        RefuseOwnFolder(folder, model);
        IReadOnlyList<KeyValuePair<string, string>> metadata = provenance.ToMetadata();
        ModelProto onnx = PaddedGraph.Classifier(
            model.Architecture, model.Config, model.Labels.Count, model.Layout, model.Parameters);
        onnx.MetadataProps.AddRange(metadata.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }));
        bool externalData = OnnxFile.NeedsExternalData(onnx, inlineLimit);

        using StagedFolder staged = new(folder);
        ExportedConfig.For(model, externalData).Save(staged.Path);
        SafetensorsWriter.Write(Path.Combine(staged.Path, SafetensorsName), Tensors(model),
            new Dictionary<string, string>([.. SafetensorsWriter.PyTorchFormat, .. metadata]));
        OnnxFile.Write(staged.Path, onnx, externalData);
        if (model.TokenizerFolder is { } tokenizer)
        {
            TokenizerExport.Write(tokenizer, staged.Path, model.Architecture.MaxLength(model.Config), model.MaxLength);
        }

        return staged.Publish(
            [ModelConfig.FileName, SafetensorsName, OnnxFile.Name, OnnxFile.DataName, .. TokenizerExport.FileNames]);
    }

    private static IEnumerable<TensorData> Tensors(FineTunedModel model) => model.Layout.Parameters.Select(
        parameter => TensorData.Floats(parameter.Name, [.. parameter.Shape], () => model.Parameters.Slice(
            model.Layout.OffsetOf(parameter), checked((int)parameter.Length))));

    private static void RefuseOwnFolder(string folder, FineTunedModel model)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        foreach (string? source in new[] { model.TokenizerFolder, Path.GetDirectoryName(model.Config.Path) })
        {
            if (source is not null && Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)) == target)
            {
                throw new ModelException(
                    $"{target} holds the model that training began from; an export there would replace it. Choose another folder.");
            }
        }
    }
}
