namespace OrtTrainer;

/// <summary>What is done with the weights beside training them.</summary>
public enum FineTuneMethod
{
    /// <summary>Nothing: plain fine-tuning, by default with a linearly falling rate.</summary>
    FineTune,

    /// <summary>Stochastic weight averaging: a high constant rate, and the mean of the weights from early on.</summary>
    Swa,

    /// <summary>An exponential moving average of the weights.</summary>
    Ema,
}
