using OrtTrainer.Checkpoints;

namespace OrtTrainer.Hub;

/// <summary>
/// What a model's folder in the cache has without asking a server: another tool may have fetched a part of it alone.
/// </summary>
internal static class HubSnapshot
{
    private static readonly string[] Readers =
    [
        "tokenizer.json", "vocab.txt", "vocab.json", "encoder.json", "spiece.model", "spm.model",
        "sentencepiece.bpe.model", "tokenizer.model", "preprocessor_config.json",
    ];

    private static readonly string[] Graphs = ["model.onnx", "decoder_model_merged.onnx", "decoder_model.onnx"];

    /// <summary>Whether a folder has what is needed.</summary>
    public static bool Serves(string folder, HubContent content)
    {
        if (Has(folder, "adapter_config.json") && Has(folder, "adapter_model.safetensors"))
        {
            return true;
        }

        return Has(folder, ModelConfig.FileName) && Readers.Any(name => Has(folder, name)) && content switch
        {
            HubContent.Description => true,
            HubContent.Weights => HasWeights(folder),
            HubContent.WeightsOrGraph => HasWeights(folder) || HasGraph(folder),
            _ => HasGraph(folder),
        };
    }

    private static bool HasWeights(string folder)
    {
        if (Has(folder, "model.safetensors"))
        {
            return true;
        }

        if (!Has(folder, "model.safetensors.index.json"))
        {
            return false;
        }

        try
        {
            using Checkpoint shards = Checkpoint.Open(folder);
            return shards.Names.Count > 0;
        }
        catch (CheckpointException)
        {
            // A shard is missing or not whole.
            return false;
        }
    }

    private static bool HasGraph(string folder) =>
        Graphs.Any(name => Has(folder, name) || Has(Path.Combine(folder, "onnx"), name));

    private static bool Has(string folder, string name) => File.Exists(Path.Combine(folder, name));
}
