using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.MaskedLanguageModel;

/// <summary>Tokens some of which are to be predicted: those of <see cref="TokenizedExample.OutputTokens"/>.</summary>
/// <param name="InputIds">Token ids with special tokens, some masked.</param>
/// <param name="TokenTypeIds">Segment per token.</param>
/// <param name="Originals">What stood at the tokens that are to be predicted.</param>
internal sealed record MaskedExample(int[] InputIds, int[] TokenTypeIds, int[] Originals)
    : TokenizedExample(InputIds, TokenTypeIds);
