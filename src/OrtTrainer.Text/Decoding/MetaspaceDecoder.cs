namespace OrtTrainer.Text.Decoding;

/// <summary>
/// Component Metaspace: the visible blank becomes a blank, in the first token nothing if one was prepended.
/// </summary>
internal sealed class MetaspaceDecoder(string replacement, bool prepended) : Decoder
{
    /// <summary>The visible blank.</summary>
    public string Replacement => replacement;

    /// <summary>Whether one was put in front.</summary>
    public bool Prepended => prepended;

    /// <inheritdoc/>
    public override List<string> Decode(List<string> tokens) =>
    [
        .. tokens.Select((token, index) =>
            token.Replace(replacement, index == 0 && prepended ? "" : " ", StringComparison.Ordinal)),
    ];
}
