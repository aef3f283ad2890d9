namespace OrtTrainer.Methods;

/// <summary>What the loss of a training example is.</summary>
public enum ObjectiveKind
{
    /// <summary>The task's own loss against the labels: plain fine-tuning.</summary>
    Labels,

    /// <summary>Cross-entropy against labels that give a share to the other classes.</summary>
    LabelSmoothing,

    /// <summary>Teacher-free regularisation: distillation from a made-up teacher (Yuan et al. 2020).</summary>
    TfReg,

    /// <summary>Labels and the outputs of a teacher (Hinton et al. 2015).</summary>
    Distillation,

    /// <summary>Distillation from a fine-tuned copy of the same model.</summary>
    SelfDistillation,

    /// <summary>Cross-entropy less a share of the output's entropy (Pereyra et al. 2017).</summary>
    ConfidencePenalty,

    /// <summary>Two passes with different dropout that are drawn together (Liang et al. 2021).</summary>
    RDrop,

    /// <summary>Cross-entropy that fades for examples already right (Lin et al. 2017).</summary>
    Focal,

    /// <summary>First the teacher's logits, faded in, then the labels (Jafari et al. 2021).</summary>
    AnnealingDistillation,

    /// <summary>Distillation from layers of the teacher too, drawn at random (Haidar et al. 2022).</summary>
    RailDistillation,
}
