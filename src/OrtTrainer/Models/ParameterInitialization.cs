namespace OrtTrainer.Models;

/// <summary>How a parameter starts when no checkpoint gives it.</summary>
internal enum ParameterInitialization
{
    /// <summary>Normal with mean 0 and the configuration's <c>initializer_range</c> as standard deviation.</summary>
    Normal,

    /// <summary>All 0: biases.</summary>
    Zeros,

    /// <summary>All 1: gains of norms.</summary>
    Ones,
}
