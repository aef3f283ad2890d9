using System.Text.Json;
using Google.Protobuf;
using OrtTrainer.Checkpoints;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Methods;
using OrtTrainer.Models;

namespace OrtTrainer.Artifacts;

/// <summary>
/// The four files with which ONNX Runtime trains a model on a device, 1.16 to 1.19 in its training builds, and a
/// manifest that says what is in them.
/// </summary>
internal static class TrainingArtifacts
{
    /// <summary>Forward and backward pass.</summary>
    public const string TrainingName = "training_model.onnx";

    /// <summary>Forward pass with the loss.</summary>
    public const string EvaluationName = "eval_model.onnx";

    /// <summary>The step.</summary>
    public const string OptimizerName = "optimizer_model.onnx";

    /// <summary>The weights, in a file without an extension.</summary>
    public const string CheckpointName = "checkpoint";

    /// <summary>Names the rest.</summary>
    public const string ManifestName = "artifacts.json";

    /// <summary>The properties in the checkpoint that say, when it comes back, what its outputs are.</summary>
    public const string TaskProperty = "orttrainer.task";

    /// <summary>The names of the outputs, an array of JSON; not of vocabularies.</summary>
    public const string LabelsProperty = "orttrainer.labels";

    /// <summary>Writes all files, or none.</summary>
    /// <param name="folder">Made if it is absent; files in it of these names are replaced.</param>
    /// <param name="options">What they are made of.</param>
    /// <exception cref="RunException">Model, task, method and frozen parameters do not go together, or cannot be
    /// trained on a device.</exception>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public static ArtifactManifest Write(string folder, ArtifactOptions options)
    {
        (ArtifactGraph evaluation, ArtifactGraph training) = Graphs(options);
        ModelProto optimizer = options.Optimizer.ToModel();
        using StagedFolder staged = new(folder);
        foreach ((string name, ModelProto model) in new[]
            {
                (TrainingName, training.Model), (EvaluationName, evaluation.Model), (OptimizerName, optimizer),
            })
        {
            AtomicFile.Write(Path.Combine(staged.Path, name), stream => model.WriteTo(stream));
        }

        DeviceCheckpointWriter.Write(
            Path.Combine(staged.Path, CheckpointName), CheckpointOf(options, training));
        ArtifactManifest manifest = ArtifactManifest.Of(staged.Path, options, training, evaluation);
        AtomicFile.WriteText(
            Path.Combine(staged.Path, ManifestName), JsonSerializer.Serialize(manifest, RunJson.Options) + "\n");
        staged.Publish(
        [
            TrainingName, EvaluationName, OptimizerName, CheckpointName, CheckpointName + CheckpointSchema.DataSuffix,
            ManifestName,
        ]);
        return manifest;
    }

    /// <summary>Refuses what no files can be made of; nothing is written.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void Require(ArtifactOptions options) => _ = Graphs(options);

    private static (ArtifactGraph Evaluation, ArtifactGraph Training) Graphs(ArtifactOptions options)
    {
        RequireMethod(options);
        (Architecture architecture, ModelHead head) = (options.Architecture, options.Head);
        LossMethod? loss = options.Method.Loss;
        ArtifactGraph evaluation = ArtifactGraph.Evaluation(architecture, head, options.Task.Distribution, loss);
        return (evaluation, ArtifactGraph.Training(
            architecture, head, options.Task.Distribution, loss,
            options.Trainable.Of(architecture, evaluation.Tensors), options.ScalesLoss));
    }

    private static DeviceCheckpoint CheckpointOf(ArtifactOptions options, ArtifactGraph training)
    {
        Dictionary<string, TensorData> stored =
            StoredTensors.Of(options.Layout, options.Weights).ToDictionary(tensor => tensor.Name);
        HashSet<string> trained = [.. training.Trained()];
        string[] names = [.. training.Tensors.Select(tensor => tensor.Name)];
        Dictionary<string, object> properties = new() { [TaskProperty] = options.Task.Name };
        if (options.Task.HasNamedOutputs)
        {
            properties[LabelsProperty] = JsonSerializer.Serialize(options.Labels, RunJson.Options);
        }

        return new DeviceCheckpoint
        {
            Trainable = [.. names.Where(trained.Contains).Select(name => stored[name])],
            Frozen = [.. names.Where(name => !trained.Contains(name)).Select(name => stored[name])],
            Optimizer = options.OptimizerState?.Invoke(options.Layout, trained),
            Properties = properties,
        };
    }

    private static void RequireMethod(ArtifactOptions options)
    {
        FineTuneMethod method = options.Method;
        if (method.Parts.FirstOrDefault(part => part is not LossMethod) is { } other)
        {
            throw new RunException($"--method {method}: {other.Word} says {other.Meaning}, which is not in the files " +
                "of a device. Take a method that says what the loss is; checkpoints of devices are averaged by " +
                "orttrainer average.");
        }

        if (method.Loss is not { } loss)
        {
            return;
        }

        if (loss.NotInFiles is { } reason)
        {
            throw new RunException($"--method {method} cannot be part of the files of a device: {reason}. " +
                "Take another method.");
        }

        try
        {
            loss.Require(new RunTraits(
                method, options.Task, Dropout: null, FromScratch: false,
                new Teachers.TeacherOptions { Model = ArtifactInputs.TeacherLogits }));
        }
        catch (ArgumentException refused)
        {
            throw new RunException(refused.Message, refused);
        }
    }
}
