using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Hub;
using OrtTrainer.Prediction;

namespace OrtTrainer.Teachers;

/// <summary>The files of a teacher.</summary>
/// <param name="Folder">Holds config.json and the tokenizer.</param>
/// <param name="OnnxFile">The graph; where there is no such file, it is built from the weights.</param>
internal sealed record TeacherFolder(string Folder, string OnnxFile)
{
    /// <summary>What people call the teacher: the name of its folder.</summary>
    public string Name => HubModels.NameOf(Folder);

    /// <summary>Finds the folder that belongs to a path the user gave.</summary>
    /// <exception cref="RunException">There is nothing at the path, or no config.json that belongs to it.</exception>
    public static TeacherFolder Find(string path)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            return HasConfig(full)
                ? new(full, OnnxModelFolder.GraphOf(full))
                : throw new RunException($"{full}: there is no {ModelConfig.FileName} in it, so it is no teacher. " +
                    "Give a folder in Hugging Face layout: config.json, tokenizer files, and onnx/model.onnx or " +
                    "weights.");
        }

        if (!File.Exists(full))
        {
            throw new RunException(
                $"{full}: there is no such folder or file. Give the teacher's folder in Hugging Face layout, or an " +
                "ONNX file in one.");
        }

        // Exporters put graphs beside config.json or, like optimum, into a subfolder of its folder.
        string beside = Path.GetDirectoryName(full)!;
        string above = Path.GetDirectoryName(beside) ?? beside;
        return HasConfig(beside) ? new(beside, full)
            : HasConfig(above) ? new(above, full)
            : throw new RunException(
                $"{full}: there is no {ModelConfig.FileName} in {beside} or in {above}. Put the model's config.json " +
                "and tokenizer files beside the graph: they say what goes in and what its outputs mean.");
    }

    /// <summary>The graph and what belongs to it, or the weights where there is no graph.</summary>
    /// <exception cref="CheckpointException">There are neither a graph nor weights.</exception>
    public IReadOnlyList<string> GraphFiles() =>
        File.Exists(OnnxFile) ? [OnnxFile, .. OnnxDataFiles.Of(OnnxFile)] : WeightFiles();

    /// <summary>The weights, shard by shard.</summary>
    /// <exception cref="CheckpointException">There are none.</exception>
    public IReadOnlyList<string> WeightFiles()
    {
        using Checkpoint weights = Checkpoint.Open(Folder);
        return [.. weights.Names.Select(name => weights.TryGet(name, out TensorInfo info) ? info.File : weights.Path)
            .Distinct().Order(StringComparer.Ordinal)];
    }

    private static bool HasConfig(string folder) => File.Exists(Path.Combine(folder, ModelConfig.FileName));
}
