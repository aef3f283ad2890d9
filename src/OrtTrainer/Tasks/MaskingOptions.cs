using OrtTrainer.Common;

namespace OrtTrainer.Tasks;

/// <summary>How a corpus becomes examples with masked tokens (Devlin et al. 2019, section 3.1).</summary>
internal sealed record MaskingOptions
{
    /// <summary>
    /// The chance of a token to be predicted, in (0, 1); 80 % of those are masked, 10 % are another token, and 10 %
    /// stay.
    /// </summary>
    public double Share { get; init; } = 0.15;

    /// <summary>Whether all tokens of a word are predicted together.</summary>
    public bool WholeWords { get; init; }

    /// <summary>Whether a document goes on to the next blank line; otherwise every line is one.</summary>
    public bool BlankLines { get; init; }

    /// <summary>
    /// Whether every document is an example of its own, cut to the greatest length; otherwise documents are laid end to
    /// end and cut into examples of that length.
    /// </summary>
    public bool Separate { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
