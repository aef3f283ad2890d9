namespace OrtTrainer.Training.Schedules;

/// <summary>The curve along which a rate moves to its new value.</summary>
internal enum AnnealShape
{
    /// <summary>Half a cosine: slow at both ends.</summary>
    Cosine,

    /// <summary>A straight line.</summary>
    Linear,
}
