using System.Text.RegularExpressions;
using OrtTrainer.Common;

namespace OrtTrainer.Hub;

/// <summary>
/// Which files of a model are downloaded: configuration, tokenizer, safetensors and, where they are needed, ONNX
/// graphs. Never pickles, which can run code when they are opened, nor code.
/// </summary>
internal static partial class HubChoice
{
    private static readonly HashSet<string> Descriptions =
    [
        "config.json", "generation_config.json", "preprocessor_config.json", "processor_config.json", "modules.json",
        "sentence_bert_config.json", "config_sentence_transformers.json", "adapter_config.json", "tokenizer.json",
        "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json",
        "merges.txt", "encoder.json", "vocab.bpe", "spiece.model", "spm.model", "sentencepiece.bpe.model",
        "tokenizer.model", "chat_template.jinja", "chat_template.json",
    ];

    private static readonly HashSet<string> Graphs =
    [
        "model.onnx", "model.onnx_data", "model.onnx.data", "encoder_model.onnx", "encoder_model.onnx_data",
        "decoder_model.onnx", "decoder_model.onnx_data", "decoder_model_merged.onnx", "decoder_model_merged.onnx_data",
    ];

    /// <summary>The files to download, small ones first.</summary>
    /// <exception cref="RunException">The model lacks what is needed, or has names that no file may have.</exception>
    public static IReadOnlyList<HubFile> Of(HubName model, HubListing listing, HubContent content)
    {
        HubFile[] weights = content == HubContent.Description ? [] : Weights(listing);
        bool wantsGraphs =
            content == HubContent.All || (content == HubContent.WeightsOrGraph && weights.Length == 0);
        HubFile[] graphs = wantsGraphs ? [.. listing.Files.Where(IsGraph)] : [];
        HubFile[] chosen =
            [.. listing.Files.Where(file => IsDescription(file.Path)).OrderBy(f => f.Size), .. weights, .. graphs];
        foreach (HubFile file in chosen)
        {
            file.Checked(model);
        }

        if (listing.Files.FirstOrDefault(file => file.Path.Split('/', '\\').Contains("..")) is { } hostile)
        {
            hostile.Checked(model);
        }

        return content != HubContent.Description && weights.Length + graphs.Length == 0
            ? throw new RunException($"{model}: {Missing(model, listing)}")
            : chosen.Length == 0
                ? throw new RunException($"{model}: has no configuration and no tokenizer, so it is no model that can "
                    + "be used here. Check the name.")
                : chosen;
    }

    private static HubFile[] Weights(HubListing listing)
    {
        bool isWhole = listing.Files.Any(file => file.Path == "model.safetensors");
        return
        [
            .. listing.Files.Where(file => file.Path == "adapter_model.safetensors"
                || ModuleWeights().IsMatch(file.Path)
                || (isWhole ? file.Path == "model.safetensors" : Shard().IsMatch(file.Path))),
        ];
    }

    private static bool IsDescription(string path) => Descriptions.Contains(path) || ModuleConfig().IsMatch(path);

    private static bool IsGraph(HubFile file) =>
        Graphs.Contains(file.Path.StartsWith("onnx/", StringComparison.Ordinal) ? file.Path[5..] : file.Path);

    private static string Missing(HubName model, HubListing listing)
    {
        if (listing.Files.FirstOrDefault(file => Pickle().IsMatch(file.Path)) is { } pickle)
        {
            return $"its weights are only in {pickle.Path}, a pickle, which can run code when it is opened and is not "
                + "downloaded. Look whether another revision has model.safetensors (the hub offers a conversion as a "
                + $"pull request: {model with { Revision = "refs/pr/N" }}), or download it yourself with a tool that "
                + "you trust and give the folder as --model.";
        }

        return listing.Files.Any(IsGraph)
            ? "has no weights as safetensors, only ONNX graphs. Fetch them with orttrainer download --onnx and give "
                + "the graph's file as --model, or use predict."
            : "has no weights as safetensors. Choose a model that has model.safetensors.";
    }

    [GeneratedRegex(@"\Amodel(?:\.safetensors\.index\.json|-\d+-of-\d+\.safetensors)\z")]
    private static partial Regex Shard();

    // What sentence-transformers writes for each of its modules, such as 1_Pooling and 2_Dense.
    [GeneratedRegex(@"\A\d+_\w+/config\.json\z")]
    private static partial Regex ModuleConfig();

    [GeneratedRegex(@"\A\d+_\w+/model\.safetensors\z")]
    private static partial Regex ModuleWeights();

    [GeneratedRegex(@"\.(?:bin|pt|pth|ckpt|pkl)\z")]
    private static partial Regex Pickle();
}
