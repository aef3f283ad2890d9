using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Text;

namespace OrtTrainer.Cli.Inspection;

/// <summary>Looks at a model in Hugging Face layout: each file, and each against config.json.</summary>
internal static class ModelInspection
{
    private const string ProvenancePrefix = "orttrainer.";

    public static void Look(FolderInfo info)
    {
        string folder = info.Folder;
        ModelConfig config = ModelConfig.Load(folder);
        FolderInspection.Guard(info, () => info.Architecture = config.ModelType);
        ModelTask? task = null;
        FolderInspection.Guard(info, () =>
        {
            task = ModelTask.Of(config);
            info.Task = task.Name;
            info.Labels = task.HasNamedOutputs ? task.OutputNames(config) : [];
        });
        FolderInspection.Guard(info, () => LookAtWeights(info, config, task));
        FolderInspection.Guard(info, () =>
        {
            int length = SequenceLimit.Of(folder, config, asked: null);
            info.MaxLength = length < int.MaxValue ? length : null;
        });
        if (!Architecture.TakesImages(config))
        {
            FolderInspection.Guard(info, () => LookAtTokenizer(info, Architecture.VocabularyOf(config)));
        }

        FolderInspection.Guard(info, () => LookAtGraph(info, task, config));
    }

    /// <summary>Reads the tokenizer and counts its tokens.</summary>
    /// <param name="info">What is told.</param>
    /// <param name="embeddings">How many tokens the model knows; null where there is none.</param>
    public static void LookAtTokenizer(FolderInfo info, int? embeddings)
    {
        Tokenizer tokenizer;
        try
        {
            tokenizer = Tokenizer.Load(info.Folder);
        }
        catch (FileNotFoundException)
        {
            info.Notes.Add("there is no tokenizer, so that no texts can be read");
            return;
        }

        info.Tokens = tokenizer.VocabularySize;
        if (embeddings is { } known && tokenizer.VocabularySize > known)
        {
            info.Misfits.Add($"{info.Folder}: the tokenizer has {tokenizer.VocabularySize} tokens, but the model has "
                + $"embeddings for {known}. Put the tokenizer beside the model that was trained with it.");
        }
    }

    /// <summary>What the weights' file says of how they came to be.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static IReadOnlyDictionary<string, string> ProvenanceOf(string folder)
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(folder, "model.safetensors"));
        return file.Metadata.Where(entry => entry.Key.StartsWith(ProvenancePrefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[ProvenancePrefix.Length..], entry => entry.Value);
    }

    /// <summary>Counts the values of weights, and the types that they have.</summary>
    public static void Count(FolderInfo info, Checkpoint weights)
    {
        TensorInfo[] tensors = [.. weights.Names.Select(name => weights.TryGet(name, out TensorInfo t) ? t : null!)];
        info.Parameters = tensors.Sum(tensor => tensor.ElementCount);
        info.Precision =
            [.. tensors.Select(tensor => OptionWords.Of(tensor.ElementType)).Distinct().Order(StringComparer.Ordinal)];
    }

    private static void LookAtWeights(FolderInfo info, ModelConfig config, ModelTask? task)
    {
        bool hasGraph = File.Exists(OnnxModelFolder.GraphOf(info.Folder));
        if (!Directory.EnumerateFiles(info.Folder, "*.safetensors").Any()
            && !Directory.EnumerateFiles(info.Folder, "pytorch_model*").Any())
        {
            if (!hasGraph)
            {
                info.Misfits.Add($"{info.Folder}: there are neither weights nor an ONNX graph. Put model.safetensors "
                    + "there, or pre-train from scratch.");
            }

            return;
        }

        using (Checkpoint weights = Checkpoint.Open(info.Folder))
        {
            Count(info, weights);
        }

        if (FolderInspection.Has(info.Folder, "model.safetensors"))
        {
            foreach ((string key, string value) in ProvenanceOf(info.Folder))
            {
                info.Provenance[key] = value;
            }
        }

        bool isBase = config.ClassName?.EndsWith("Model", StringComparison.Ordinal) ?? true;
        if (isBase || task is null)
        {
            using PretrainedModel model = PretrainedModel.Open(info.Folder);
            info.Notes.Add("has no head for a task: fine-tune it first");
            return;
        }

        using FolderWeights whole = FolderWeights.Read(info.Folder, task.Head(task.OutputNames(config).Count));
    }

    private static void LookAtGraph(FolderInfo info, ModelTask? task, ModelConfig config)
    {
        string path = OnnxModelFolder.GraphOf(info.Folder);
        info.HasQuantizedGraph = File.Exists(OnnxModelFolder.QuantizedGraph(info.Folder));
        if (!File.Exists(path))
        {
            return;
        }

        ModelProto model = ModelReader.Read(path);
        HashSet<string> initialized = [.. model.Graph.Initializer.Select(tensor => tensor.Name)];
        info.GraphInputs =
            [.. model.Graph.Input.Select(input => input.Name).Where(name => !initialized.Contains(name))];
        int outputs = task?.OutputNames(config).Count ?? 0;
        if (task is { HasNamedOutputs: true } && model.Graph.Output is [{ } logits, ..]
            && logits.Type?.TensorType?.Shape?.Dim is [.., { DimValue: > 0 } last] && last.DimValue != outputs)
        {
            info.Misfits.Add($"{path}: the graph gives {last.DimValue} outputs, but config.json names {outputs} "
                + "labels. Export the model again.");
        }
    }
}
