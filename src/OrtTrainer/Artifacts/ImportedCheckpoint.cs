using System.Runtime.InteropServices;
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

    /// <summary>A checkpoint's weights with configuration and tokenizer of the model that they began from.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="folder">The folder of the model; its weights are not read.</param>
    /// <param name="parameters">A file of float32 in place of the checkpoint's values, in the order in which graphs
    /// take parameters; null for those of the checkpoint.</param>
    /// <returns>The model; its weights are the caller's to dispose.</returns>
    /// <exception cref="CheckpointException">A file is damaged, or the checkpoint is of another model; the message
    /// names the first tensor that does not fit.</exception>
    /// <exception cref="RunException">The model is none that is known.</exception>
    public static FineTunedModel Open(string path, string folder, string? parameters = null)
    {
        using DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(path);
        if (parameters is null)
        {
            file.RequireValues();
        }

        using PretrainedModel source = PretrainedModel.Open(folder, fromScratch: true);
        ModelTask task = TaskOf(file, source.Config);
        IReadOnlyList<string> labels = LabelsOf(file) ?? task.OutputNames(source.Config);
        ParameterLayout layout = PackedGraph.Evaluation(source.Architecture, task.Head(labels.Count)).Layout;
        RequireSame(file, layout, withShapes: !file.IsNominal);
        WeightBuffer weights = new(Device.Default, layout.Length);
        try
        {
            if (parameters is null)
            {
                layout.Fill(weights, file);
            }
            else
            {
                Fill(weights, layout, ArtifactGraph.Evaluation(
                    source.Architecture, task.Head(labels.Count), task.Distribution, method: null), parameters);
            }

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
    /// <param name="file">The checkpoint.</param>
    /// <param name="layout">The model.</param>
    /// <param name="withShapes">Whether shapes are compared; a nominal checkpoint has none.</param>
    /// <exception cref="CheckpointException">Names the first that is not.</exception>
    public static void RequireSame(DeviceCheckpointFile file, ParameterLayout layout, bool withShapes = true)
    {
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (ParameterSpec parameter in layout.Parameters.DistinctBy(p => p.Storage.Tensor))
        {
            string name = parameter.Storage.Tensor;
            long[] shape = parameter.Storage.ShapeFor(parameter.Shape);
            known.Add(name);
            bool isThere = file.TryGet(name, out TensorInfo info);
            if (!isThere || (withShapes && !info.Shape.SequenceEqual(shape)))
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

    /// <summary>Takes values out of one list of all parameters.</summary>
    private static void Fill(WeightBuffer weights, ParameterLayout layout, ArtifactGraph graph, string path)
    {
        using CheckpointBytes file = CheckpointBytes.Open(path);
        long expected = layout.ParameterCount * sizeof(float);
        if (file.Length != expected)
        {
            throw new CheckpointException(
                file.Path, null, $"{file.Length} bytes", $"{expected}, for {layout.ParameterCount} parameters",
                "Save all parameters of the session, frozen ones too, as float32.");
        }

        Dictionary<string, long> offsets = new(StringComparer.Ordinal);
        long next = 0;
        foreach ((string name, ParameterSpec parameter) in graph.Tensors)
        {
            offsets.Add(name, next);
            next += parameter.Storage.ShapeFor(parameter.Shape).Aggregate((long)sizeof(float), (n, size) => n * size);
        }

        foreach (IGrouping<string, ParameterSpec> tensor in layout.Parameters.GroupBy(p => p.Storage.Tensor))
        {
            long[] shape = tensor.First().Storage.ShapeFor(tensor.First().Shape);
            float[] stored = new float[shape.Aggregate(1L, (n, size) => n * size)];
            file.Read(offsets[tensor.Key], MemoryMarshal.AsBytes(stored.AsSpan()), $"tensor {tensor.Key}");
            foreach (ParameterSpec part in tensor)
            {
                weights.Write(layout.OffsetOf(part), checked((int)part.Length), values =>
                    part.Storage.Take(part.Shape, stored, values));
            }
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
