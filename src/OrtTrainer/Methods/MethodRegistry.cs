namespace OrtTrainer.Methods;

/// <summary>The parts of methods there are: a new one is a folder beside this file and a line here.</summary>
internal static class MethodRegistry
{
    /// <summary>Every part with its defaults: losses, steps, averages.</summary>
    public static IReadOnlyList<MethodPart> Parts { get; } =
    [
        new LabelSmoothing(),
        new TfReg(),
        new Distillation(),
        new SelfDistillation(),
        new AnnealingDistillation(),
        new RailDistillation(),
        new ConfidencePenalty(),
        new RDrop(),
        new Focal(),
        new Sam(),
        new Asam(),
        new Lookahead(),
        new Swa(),
        new Ema(),
        new Lawa(),
        new Swag(),
    ];

    /// <summary>The method where none is named.</summary>
    public static FineTuneMethod Default { get; } = FineTuneMethod.Of(new Swa());
}
