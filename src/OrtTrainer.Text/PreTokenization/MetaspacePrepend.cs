namespace OrtTrainer.Text.PreTokenization;

/// <summary>Where Metaspace puts its character in front of a text that does not begin with it.</summary>
internal enum MetaspacePrepend
{
    /// <summary>Before the text and after every added token.</summary>
    Always,

    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>Only at the very beginning of the input.</summary>
    First,
}
