namespace OrtTrainer.Training.Schedules;

/// <summary>The curves a user can choose for the learning rate; averaging may replace their tail.</summary>
public enum ScheduleKind
{
    /// <summary>The peak throughout.</summary>
    Constant,

    /// <summary>The peak after a linear warm-up.</summary>
    ConstantWithWarmup,

    /// <summary>A straight line to 0.</summary>
    Linear,

    /// <summary>Half a cosine to 0.</summary>
    Cosine,

    /// <summary>Several half cosines, each from the peak.</summary>
    CosineWithRestarts,

    /// <summary>A power of the remaining share, to an end rate.</summary>
    Polynomial,

    /// <summary>The inverse square root of the step.</summary>
    InverseSqrt,
}
