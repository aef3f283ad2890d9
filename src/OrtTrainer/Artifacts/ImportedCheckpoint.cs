using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Artifacts;

/// <summary>What a device trained, as a model that can be exported.</summary>
internal static class ImportedCheckpoint
{
    private const string NextStep =
        "It is a checkpoint of another model: give the folder that its files were made from.";

    /// <summary>A checkpoint's weights with the configuration and tokenizer of the model that they began from.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="folder">The folder of the model; its weights are not read.</param>
    /// <returns>The model; its weights are the caller's to dispose.</returns>
    /// <exception cref="CheckpointException">A file is damaged, or the checkpoint is of another model; the message
    /// names the first tensor that does not fit.</exception>
    /// <exception cref="RunException">The model is none that is known.</exception>
    public static FineTunedModel Open(string path, string folder)
    {
        using DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(path);
        file.RequireValues();
        using PretrainedModel source = PretrainedModel.Open(folder, fromScratch: true);
        ModelTask task = TaskOf(file, source.Config);
        IReadOnlyList<string> labels = LabelsOf(file) ?? task.OutputNames(source.Config);
        ParameterLayout layout = PackedGraph.Evaluation(source.Architecture, task.Head(labels.Count)).Layout;
        RequireSame(file, layout);
        WeightBuffer weights = new(Device.Default, layout.Length);
        try
        {
            layout.Fill(weights, file);
            return new FineTunedModel
            {
                Config = source.Config,
                Task = task,
                Labels = labels,
                Layout = layout,
                Parameters = weights,
                TokenizerFolder = folder,
            };
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a checkpoint whose tensors are not those of a model, by name and shape.</summary>
    /// <exception cref="CheckpointException">Names the first that is not.</exception>
    public static void RequireSame(DeviceCheckpointFile file, ParameterLayout layout)
    {
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (ParameterSpec parameter in layout.Parameters.DistinctBy(p => p.Storage.Tensor))
        {
            string name = parameter.Storage.Tensor;
            long[] shape = parameter.Storage.ShapeFor(parameter.Shape);
            known.Add(name);
            bool isThere = file.TryGet(name, out TensorInfo info);
            if (!isThere || !info.Shape.SequenceEqual(shape))
            {
                throw new CheckpointException(
                    file.Path, $"tensor {CheckpointException.Quote(name)}",
                    isThere ? $"shape {TensorInfo.DescribeShape(info.Shape.AsSpan())}" : "none of that name",
                    $"shape {TensorInfo.DescribeShape(shape)}, as in the model", NextStep);
            }
        }

        if (file.Names.FirstOrDefault(name => !known.Contains(name)) is { } extra)
        {
            throw new CheckpointException(
                file.Path, $"tensor {CheckpointException.Quote(extra)}", "it beside those of the model",
                $"the {known.Count} tensors of the model alone", NextStep);
        }
    }

    private static ModelTask TaskOf(DeviceCheckpointFile file, ModelConfig config)
    {
        if (!file.Properties.TryGetValue(TrainingArtifacts.TaskProperty, out object? name))
        {
            return ModelTask.Of(config);
        }

        try
        {
            return ModelTask.Named($"{name}").For(config);
        }
        catch (ArgumentException unknown)
        {
            throw new CheckpointException(
                file.Path, $"property {TrainingArtifacts.TaskProperty}",
                CheckpointException.Quote($"{name}"), "the name of a task", "Save it again without that property.",
                unknown);
        }
    }

    private static IReadOnlyList<string>? LabelsOf(DeviceCheckpointFile file)
    {
        if (!file.Properties.TryGetValue(TrainingArtifacts.LabelsProperty, out object? text))
        {
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize<string[]>($"{text}", RunJson.Options) is { Length: > 0 } labels)
            {
                return labels;
            }
        }
        catch (JsonException)
        {
            // Told below, as an empty list is.
        }

        throw new CheckpointException(
            file.Path, $"property {TrainingArtifacts.LabelsProperty}", CheckpointException.Quote($"{text}"),
            "an array of names", "Save it again without that property.");
    }
}
