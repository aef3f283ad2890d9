namespace OrtTrainer.Models;

/// <summary>How a parameter starts when no checkpoint gives it.</summary>
internal enum ParameterInitialization
{
    /// <summary>Normal with mean 0 and the configuration's <c>initializer_range</c> as standard deviation.</summary>
    Normal,

    /// <summary>
    /// Normal with mean 0 and variance 2 / (O kH kW) for a convolution of shape [O, I, kH, kW], which keeps the size of
    /// gradients through rectified units (He et al. 2015, "Delving deep into rectifiers", by outputs).
    /// </summary>
    HeNormal,

    /// <summary>
    /// Uniform within ±1/√in for a matrix of shape [out, in], as PyTorch's linear layers start: He's bound with a slope
    /// of √5.
    /// </summary>
    ByInputs,

    /// <summary>All 0: biases.</summary>
    Zeros,

    /// <summary>All 1: gains of norms.</summary>
    Ones,
}
