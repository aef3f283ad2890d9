using OrtTrainer.Images;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// An example as a model takes it. A task that decodes more than labels, such as places in the text, has a record
/// derived from this.
/// </summary>
/// <param name="InputIds">Token ids with special tokens.</param>
/// <param name="TokenTypeIds">Segment per token: 0 for the first text, 1 for the second.</param>
internal record TokenizedExample(int[] InputIds, int[] TokenTypeIds)
{
    /// <summary>The tokens there would be without a greatest length.</summary>
    public int FullLength { get; init; } = InputIds.Length;

    /// <summary>What the decoder beside an encoder takes: what is to be written, behind the token it begins with. Null
    /// for models without one.</summary>
    public int[]? DecoderIds { get; init; }

    /// <summary>
    /// The tokens that a head answers for where it answers for chosen ones, ascending; null for all. Where there are
    /// <see cref="DecoderIds"/>, they are of those.
    /// </summary>
    public int[]? OutputTokens { get; init; }

    /// <summary>What frozen layers give for the tokens, [T, width], where a graph begins above them; null where it
    /// runs all layers.</summary>
    public float[]? FrozenStates { get; init; }

    /// <summary>The image that the tokens stand for, one id 0 for each place in it; null for texts.</summary>
    public ImageInput? Image { get; init; }

    /// <summary>All tokens that a model computes.</summary>
    public int Tokens => InputIds.Length + (DecoderIds?.Length ?? 0);

    /// <summary>Whether the end was cut off to keep the greatest length.</summary>
    public bool IsCut => FullLength > InputIds.Length;
}
