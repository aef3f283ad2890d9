namespace OrtTrainer.Methods;

/// <summary>How far a student is from its teacher; batch means, never divided by the number of classes.</summary>
public enum DistillationLoss
{
    /// <summary>KL(p^teacher_T, p_T). For multi-label tasks the sum over labels, for regression the squared
    /// error.</summary>
    KullbackLeibler,

    /// <summary>H(p^teacher_T, p_T): the same gradient; the value is greater by the teacher's entropy.</summary>
    SoftCrossEntropy,

    /// <summary>The mean over the classes of the squared difference of the logits; no temperature.</summary>
    LogitError,
}
