using OrtTrainer.Distillation;
using OrtTrainer.Methods;

namespace OrtTrainer;

// The settings of single methods; those of methods that a run does not use have no effect.
public sealed partial record FineTuneOptions
{
    /// <summary>How much examples count by their label; null for equal weights.</summary>
    public ClassWeightOptions? ClassWeights { get; init; }

    /// <summary>
    /// The teacher of a distillation; null otherwise, and for a self-distillation that trains its own first.
    /// </summary>
    public TeacherOptions? Teacher { get; init; }

    /// <summary>Settings of label smoothing.</summary>
    public LabelSmoothingOptions LabelSmoothing { get; init; } = new();

    /// <summary>Settings of teacher-free regularisation.</summary>
    public TfRegOptions TfReg { get; init; } = new();

    /// <summary>Settings of distillation and self-distillation.</summary>
    public DistillationOptions Distillation { get; init; } = new();

    /// <summary>Settings of annealing distillation.</summary>
    public AnnealingOptions Annealing { get; init; } = new();

    /// <summary>Settings of the confidence penalty.</summary>
    public ConfidencePenaltyOptions ConfidencePenalty { get; init; } = new();

    /// <summary>Settings of R-Drop.</summary>
    public RDropOptions RDrop { get; init; } = new();

    /// <summary>Settings of the focal loss.</summary>
    public FocalOptions Focal { get; init; } = new();
}
