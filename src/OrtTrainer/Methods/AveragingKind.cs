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

    /// <summary>The mean of the latest weights, taken every so many steps (Kaddour 2022).</summary>
    Lawa,

    /// <summary>SWA with the variance of every weight, from which weights are drawn (Maddox et al. 2019).</summary>
    Swag,
}
