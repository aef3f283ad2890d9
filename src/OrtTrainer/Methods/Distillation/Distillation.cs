namespace OrtTrainer.Methods;

/// <summary>Labels and the outputs of a teacher (Hinton et al. 2015).</summary>
public sealed record Distillation : OutputDistillation
{
    internal override string Word => "distillation";
}
