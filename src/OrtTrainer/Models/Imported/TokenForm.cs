namespace OrtTrainer.Models.Imported;

/// <summary>Whether a value of an exported graph has a row for every token, and how they lie.</summary>
internal enum TokenForm
{
    /// <summary>It has none: a weight, a vector per sequence, heads of attention, a mask.</summary>
    None,

    /// <summary>[B, S, …].</summary>
    ByRow,

    /// <summary>[B · S, …].</summary>
    Flat,
}
