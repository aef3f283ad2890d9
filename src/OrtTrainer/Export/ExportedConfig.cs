using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Export;

/// <summary>The config.json of an exported model: the original with what fine-tuning changed.</summary>
internal static class ExportedConfig
{
    // transformers 4 writes the first, 5 the second.
    private static readonly string[] ElementTypeFields = ["torch_dtype", "dtype"];

    public static ModelConfig For(FineTunedModel model, bool externalData)
    {
        ModelConfig config = model.Task.Describe(model.Config, model.Architecture, model.Labels);
        foreach (string field in ElementTypeFields.Where(config.Has))
        {
            config = config.With(field, "float32");
        }

        return config.With("transformers.js_config", TransformersJs(config, externalData));
    }

    /// <summary>
    /// What transformers.js must be told: in a browser it would look for a quantized model, and it fetches weights that
    /// lie beside the model only where it is said that there are some.
    /// </summary>
    private static JsonObject TransformersJs(ModelConfig config, bool externalData)
    {
        JsonObject settings = config.ToJson()["transformers.js_config"]?.DeepClone().AsObject() ?? [];
        settings["dtype"] = "fp32";
        settings.Remove("use_external_data_format");
        if (externalData)
        {
            settings["use_external_data_format"] = true;
        }

        return settings;
    }
}
