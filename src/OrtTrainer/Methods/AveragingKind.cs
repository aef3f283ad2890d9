namespace OrtTrainer.Methods;

/// <summary>How weights are averaged beside training them.</summary>
public enum AveragingKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Stochastic weight averaging: a high constant rate, and the mean of the weights from early on.</summary>
    Swa,

    /// <summary>An exponential moving average of the weights.</summary>
    Ema,
}
