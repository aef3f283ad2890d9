using OrtTrainer.Methods;

namespace OrtTrainer.Options;

/// <summary>Which settings of a run belong to which part of a method.</summary>
public static class PartSettings
{
    private const string Distillation = "distillation";

    /// <summary>
    /// The record of <see cref="FineTuneOptions"/> by the part that it sets, named as in options.json; parts without
    /// settings of their own are not among them.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ByPart { get; } = new Dictionary<string, string>
    {
        ["label-smoothing"] = "label_smoothing",
        ["tf-reg"] = "tf_reg",
        ["distillation"] = Distillation,
        ["self-distillation"] = Distillation,
        ["annealing-distillation"] = "annealing",
        ["rail-distillation"] = "rail",
        ["confidence-penalty"] = "confidence_penalty",
        ["r-drop"] = "r_drop",
        ["focal"] = "focal",
        ["sam"] = "sam",
        ["asam"] = "asam",
        ["lookahead"] = "lookahead",
        ["lawa"] = "lawa",
        ["swag"] = "swag",
    };

    /// <summary>The records that a method reads.</summary>
    public static IReadOnlySet<string> Of(FineTuneMethod method) =>
        method.Parts.Where(ByPart.ContainsKey).Select(part => ByPart[part]).ToHashSet();
}
