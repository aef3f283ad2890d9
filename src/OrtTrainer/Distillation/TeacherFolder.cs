using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Text;

namespace OrtTrainer.Distillation;

/// <summary>The files of a teacher.</summary>
/// <param name="Folder">Holds config.json and the tokenizer.</param>
/// <param name="OnnxFile">The graph; where there is no such file, it is built from the weights.</param>
internal sealed record TeacherFolder(string Folder, string OnnxFile)
{
    /// <summary>What people call the teacher: the name of its folder.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Folder));

    /// <summary>Finds the folder that belongs to a path the user gave.</summary>
    /// <exception cref="ModelException">There is nothing at the path, or no config.json that belongs to it.</exception>
    public static TeacherFolder Find(string path)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            return HasConfig(full)
                ? new(full, Path.Combine(full, Export.OnnxFile.Name))
                : throw new ModelException($"{full}: there is no {ModelConfig.FileName} in it, so it is no teacher. " +
                    "Give a folder in Hugging Face layout: config.json, tokenizer files, and model.onnx or weights.");
        }

        if (!File.Exists(full))
        {
            throw new ModelException(
                $"{full}: there is no such folder or file. Give the teacher's folder in Hugging Face layout, or an " +
                "ONNX file in one.");
        }

        // Exporters put graphs beside config.json or, like optimum, into a subfolder of its folder.
        string beside = Path.GetDirectoryName(full)!;
        string above = Path.GetDirectoryName(beside) ?? beside;
        return HasConfig(beside) ? new(beside, full)
            : HasConfig(above) ? new(above, full)
            : throw new ModelException(
                $"{full}: there is no {ModelConfig.FileName} in {beside} or in {above}. Put the model's config.json " +
                "and tokenizer files beside the graph: they say what goes in and what its outputs mean.");
    }

    /// <summary>The teacher's own tokenizer.</summary>
    /// <exception cref="ModelException">It is missing, or does not belong to the model.</exception>
    /// <exception cref="InvalidDataException">A file of it is malformed.</exception>
    public Tokenizer LoadTokenizer(ModelConfig config)
    {
        Tokenizer tokenizer;
        try
        {
            tokenizer = Tokenizer.Load(Folder);
        }
        catch (FileNotFoundException missing)
        {
            throw new ModelException($"{missing.Message} A teacher reads texts with its own tokenizer, never with " +
                "the student's: put the files of its tokenizer there.", missing);
        }

        return tokenizer.VocabularySize <= config.GetInt("vocab_size", int.MaxValue)
            ? tokenizer
            : throw new ModelException($"{Folder}: the tokenizer has {tokenizer.VocabularySize} tokens, but " +
                $"vocab_size in config.json is {config.GetInt("vocab_size")}. Take the tokenizer files that belong " +
                "to this model.");
    }

    /// <summary>Every file that the outputs depend on: configuration, tokenizer, and graph or weights.</summary>
    /// <exception cref="CheckpointException">There are neither a graph nor weights.</exception>
    public IReadOnlyList<string> Files(Tokenizer tokenizer)
    {
        string[] texts = [Path.Combine(Folder, ModelConfig.FileName), .. tokenizer.TokenizerFiles];
        return [.. texts, .. File.Exists(OnnxFile) ? [OnnxFile, .. OnnxDataFiles.Of(OnnxFile)] : WeightFiles()];
    }

    private string[] WeightFiles()
    {
        using Checkpoint weights = Checkpoint.Open(Folder);
        return [.. weights.Names.Select(name => weights.TryGet(name, out TensorInfo info) ? info.File : weights.Path)
            .Distinct().Order(StringComparer.Ordinal)];
    }

    private static bool HasConfig(string folder) => File.Exists(Path.Combine(folder, ModelConfig.FileName));
}
