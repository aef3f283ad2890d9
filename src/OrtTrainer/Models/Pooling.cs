namespace OrtTrainer.Models;

/// <summary>How the states of a text's tokens become one vector.</summary>
internal enum Pooling
{
    /// <summary>Their mean, padding left out.</summary>
    Mean,

    /// <summary>The state of the first token, [CLS].</summary>
    Cls,
}
