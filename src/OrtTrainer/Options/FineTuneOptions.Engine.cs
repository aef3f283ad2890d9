using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Methods;

namespace OrtTrainer.Options;

public sealed partial record FineTuneOptions
{
    /// <summary>The engine that is ONNX Runtime's own training session.</summary>
    internal const string OrtTraining = "ort-training";

    private const string OwnEngine = "orttrainer";

    /// <summary>
    /// What takes the steps: <c>ort-training</c> for ONNX Runtime's own training session, in a library that has it;
    /// null for this program, which <c>orttrainer</c> means too.
    /// </summary>
    [Setting("engine", "what takes the steps: orttrainer, or ort-training, ONNX Runtime's own training session",
        Default = OwnEngine, Section = Execution)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Engine { get; init => field = EngineOf(value); }

    /// <exception cref="ArgumentException">Something is asked that the engine cannot do; the message names it.
    /// </exception>
    private void RequireEngine()
    {
        if (Engine is not null && Beyond() is (string part, string reason))
        {
            throw new ArgumentException($"{part} is beyond the engine {OrtTraining}: {reason}");
        }
    }

    /// <summary>What of these options ONNX Runtime's training session cannot do, and what to do about it.</summary>
    private (string Part, string Reason)? Beyond() =>
        Dropout != 0 ? (nameof(Dropout), "its graphs have no dropout. Set it to 0.")
        : WeightDecay != 0 ? (nameof(WeightDecay),
            "it has one group of parameters, so that biases and norms would decay too. Set it to 0.")
        : Optimizer == OptimizerKind.Adafactor ? (nameof(Optimizer), "it has adamw and sgd.")
        : Optimizer == OptimizerKind.Sgd && Momentum != 0 ? (nameof(Momentum), "its sgd has none. Set it to 0.")
        : Device is not null ? (nameof(Device), "it trains on the processors. Leave it out.")
        : Precision != Graph.Precision.Fp32 ? (nameof(Precision), "it computes in float32. Leave it out.")
        : Recompute ? (nameof(Recompute), "it keeps what gradients need. Leave it out.")
        : Lora is not null ? (nameof(Lora), "it trains the weights themselves. Leave it out.")
        : UnfreezeEvery is not null ? (nameof(UnfreezeEvery),
            "its files train the same from first to last. Leave it out.")
        : Mixout is not null ? (nameof(Mixout), "its steps see the weights as they are. Leave it out.")
        : LayerDecay != 1 ? (nameof(LayerDecay), "it has one rate for all parameters. Leave it out.")
        : Data.LossWeightColumn is not null
            ? (nameof(Data.LossWeightColumn), "its graphs weigh all examples alike. Leave it out.")
        : ClassWeights is not null ? (nameof(ClassWeights), "its graphs weigh all examples alike. Leave it out.")
        : Method.Step is { } step and not Lookahead ? (nameof(Method), $"{step.Word} takes steps of its own; it takes "
            + "an optimizer's alone. Leave that part out.")
        : Method.Loss is { LearnsFromTeacher: true } taught ? (nameof(Method),
            $"{taught.Word} learns from a teacher, whose outputs it is not given. Leave that part out.")
        : Method.Loss is { NotInFiles: { } missing } loss ? (nameof(Method),
            $"{loss.Word} cannot be part of its graphs: {missing}. Leave that part out.")
        : Data.Task.MakesVectors ? (nameof(Data.Task),
            "a model of vectors learns from how those of a batch lie to each other. Choose another.")
        : Data.Augmentation.MixesImages ? (nameof(Data.Mixup) + " or " + nameof(Data.Cutmix),
            "its labels are classes. Leave it out.")
        : Data.Task.TakesImages && !FrozenBatchNorm ? (nameof(FrozenBatchNorm),
            "its batch normalization goes by the pre-trained statistics, which has to be said. Give it.")
        : null;

    private static string? EngineOf(string? word) => word is null ? null : OptionWords.Plain(word) switch
    {
        OwnEngine => null,
        "orttraining" => OrtTraining,
        _ => throw new ArgumentException(
            $"{nameof(Engine)} is '{word}'; expected {OwnEngine} or {OrtTraining}.", nameof(Engine)),
    };
}
