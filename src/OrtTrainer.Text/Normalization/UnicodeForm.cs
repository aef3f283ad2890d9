namespace OrtTrainer.Text.Normalization;

/// <summary>Unicode normalization forms (Unicode Standard Annex 15).</summary>
internal enum UnicodeForm
{
    /// <summary>Canonical decomposition, then canonical composition.</summary>
    Nfc,

    /// <summary>Canonical decomposition.</summary>
    Nfd,

    /// <summary>Compatibility decomposition, then canonical composition.</summary>
    Nfkc,

    /// <summary>Compatibility decomposition.</summary>
    Nfkd,
}
