using OrtTrainer.Common;

namespace OrtTrainer.Generation;

/// <summary>What a model wrote behind a prompt.</summary>
/// <param name="Text">The text, without the prompt.</param>
/// <param name="Ids">Its tokens, without one that ends texts.</param>
/// <param name="End">What ended it.</param>
public sealed record GeneratedText(string Text, IReadOnlyList<int> Ids, GenerationEnd End)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>What ended a text.</summary>
public enum GenerationEnd
{
    /// <summary>The model wrote the token that ends texts.</summary>
    EndToken,

    /// <summary>One of <see cref="GenerationOptions.StopStrings"/> was written.</summary>
    StopString,

    /// <summary>There were to be no more tokens.</summary>
    Length,
}
