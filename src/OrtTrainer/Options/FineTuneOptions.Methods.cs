using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Distillation;
using OrtTrainer.Methods;

namespace OrtTrainer.Options;

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

    /// <summary>Settings of RAIL distillation.</summary>
    public RailOptions Rail { get; init; } = new();

    /// <summary>Settings of the confidence penalty.</summary>
    public ConfidencePenaltyOptions ConfidencePenalty { get; init; } = new();

    /// <summary>Settings of R-Drop.</summary>
    public RDropOptions RDrop { get; init; } = new();

    /// <summary>Settings of the focal loss.</summary>
    public FocalOptions Focal { get; init; } = new();

    /// <summary>Settings of SAM.</summary>
    public SamOptions Sam { get; init; } = new();

    /// <summary>Settings of ASAM.</summary>
    public AsamOptions Asam { get; init; } = new();

    /// <summary>Settings of Lookahead.</summary>
    public LookaheadOptions Lookahead { get; init; } = new();

    /// <summary>Settings of LAWA.</summary>
    public LawaOptions Lawa { get; init; } = new();

    /// <summary>Settings of SWAG.</summary>
    public SwagOptions Swag { get; init; } = new();

    /// <summary>
    /// The chance with which an element of an encoder layer's dense matrix is its pre-trained value for a step
    /// (mixout, Lee et al. 2020), in [0, 1); null for no mixout.
    /// </summary>
    public double? Mixout { get; init => field = value is { } p ? OptionRange.Below(p, 0, 1) : null; }

    /// <summary>
    /// What the learning rate is multiplied with from each layer to the one below, in (0, 1]: 1 for the head,
    /// decay^(depth - l) for layer l of 0 to depth - 1, and decay^(depth + 1) for the embeddings, as in BEiT (Bao et
    /// al. 2022); 1 for one rate.
    /// </summary>
    public double LayerDecay
    {
        get;
        init => field = OptionRange.Above(OptionRange.Between(value, 0, 1), 0);
    } = 1;

    /// <summary>Optimizer steps from one averaged step to the next.</summary>
    [JsonIgnore]
    public long AveragingInterval => Method switch
    {
        { AveragesAtHighRate: true } => SwaInterval,
        { Averaging: AveragingKind.Lawa } => Lawa.Interval,
        { StepRule: StepRule.Lookahead } => Lookahead.Period,
        _ => 1,
    };
}
