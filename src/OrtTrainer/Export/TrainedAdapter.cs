using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;

namespace OrtTrainer.Export;

/// <summary>
/// Low-rank adapters and the parameters that were trained with them, as the library PEFT (Hugging Face) keeps them
/// beside a model that they do not change.
/// </summary>
/// <param name="Settings">Rank, scale and targets.</param>
/// <param name="Layers">The layers that have an adapter.</param>
/// <param name="Layout">Where what was trained lies.</param>
/// <param name="Weights">Its values, live or averaged.</param>
/// <param name="BaseModel">The folder of the model that they belong to.</param>
internal sealed record TrainedAdapter(
    Lora Settings, IReadOnlyList<AdaptedLayer> Layers, ParameterLayout Layout, WeightBuffer Weights, string BaseModel)
{
    /// <summary>Where the files lie below those of the merged model.</summary>
    public const string Folder = "adapter";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>All files, below the folder of the merged model.</summary>
    public static IReadOnlyList<string> FileNames { get; } =
        [Path.Combine(Folder, PeftAdapter.WeightsName), Path.Combine(Folder, PeftAdapter.ConfigName)];

    /// <summary>Writes both files.</summary>
    /// <param name="folder">Where to; made if absent.</param>
    /// <param name="model">The merged model.</param>
    /// <param name="metadata">How it came to be.</param>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public void Write(
        string folder, FineTunedModel model, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(
            Path.Combine(folder, PeftAdapter.WeightsName), Tensors(model),
            new Dictionary<string, string>([.. SafetensorsWriter.PyTorchFormat, .. metadata]));
        HashSet<string> own = Names(model);
        JsonObject config = ConfigOf(
            Settings, Layers, Layout.Parameters.Where(parameter => own.Contains(parameter.Storage.Tensor)),
            model.Architecture, model.Head, BaseModel);
        AtomicFile.WriteText(Path.Combine(folder, PeftAdapter.ConfigName), config.ToJsonString(Indented) + "\n");
    }

    /// <summary>What adapter_config.json says.</summary>
    /// <param name="settings">Rank, scale and targets.</param>
    /// <param name="layers">The layers that have an adapter.</param>
    /// <param name="whole">The parameters of the model that are trained themselves.</param>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="baseModel">The folder of the model.</param>
    public static JsonObject ConfigOf(
        Lora settings, IReadOnlyList<AdaptedLayer> layers, IEnumerable<ParameterSpec> whole, Architecture architecture,
        ModelHead head, string baseModel)
    {
        string[] modules =
            [.. whole.Select(parameter => ModuleOf(architecture, parameter.Storage.Tensor)).Distinct()];
        bool isStoredByInputs = layers.Any(layer => layer.Weights.Any(weight => weight.Storage.InputsFirst));
        string[] targets = settings.Targets.Count > 0
            ? [.. settings.Targets]
            : [.. layers.Select(layer => layer.Name.Split('.')[^1]).Distinct().Order(StringComparer.Ordinal)];
        return new()
        {
            ["peft_type"] = "LORA",
            ["task_type"] = head.PeftTask,
            ["base_model_name_or_path"] = baseModel,
            ["r"] = settings.Rank,
            ["lora_alpha"] = settings.Alpha,
            ["lora_dropout"] = settings.Dropout,
            ["target_modules"] = Words(targets),
            ["modules_to_save"] = modules.Length == 0 ? null : Words(modules),
            ["fan_in_fan_out"] = isStoredByInputs,
            ["use_rslora"] = settings.IsStabilized,
            ["bias"] = "none",
            ["init_lora_weights"] = true,
            ["inference_mode"] = true,
        };
    }

    private IEnumerable<TensorData> Tensors(FineTunedModel model)
    {
        HashSet<string> own = Names(model);
        return StoredTensors.Of(Layout, Weights)
            .Where(tensor => own.Contains(tensor.Name) || Layers.Any(layer => IsOf(layer, tensor.Name)))
            .Select(tensor => tensor.Named(PeftAdapter.Prefix + NameIn(model, tensor.Name)));
    }

    private static bool IsOf(AdaptedLayer layer, string tensor) => tensor == layer.Down.Name || tensor == layer.Up.Name;

    /// <summary>The tensors of the model; what a method trains beside it is none.</summary>
    private static HashSet<string> Names(FineTunedModel model) =>
        [.. model.Layout.Parameters.Select(parameter => parameter.Storage.Tensor)];

    /// <summary>A model without a head is loaded as the encoder alone, whose tensors have no prefix.</summary>
    private static string NameIn(FineTunedModel model, string tensor)
    {
        string prefix = model.Architecture.BasePrefix;
        return model.Head.HasParameters || !tensor.StartsWith(prefix, StringComparison.Ordinal)
            ? tensor
            : tensor[prefix.Length..];
    }

    /// <summary>The outermost module that a tensor of the head is in.</summary>
    private static string ModuleOf(Architecture architecture, string tensor)
    {
        string prefix = architecture.BasePrefix;
        return tensor[(tensor.StartsWith(prefix, StringComparison.Ordinal) ? prefix.Length : 0)..].Split('.')[0];
    }

    private static JsonArray Words(IEnumerable<string> words) =>
        [.. words.Select(word => (JsonNode)JsonValue.Create(word))];
}
