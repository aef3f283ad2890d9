using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.TokenPrediction;

/// <summary>Tokens with what is to be predicted at some of them: <see cref="TokenizedExample.OutputTokens"/>.</summary>
/// <param name="InputIds">Token ids with special tokens, as the model sees them.</param>
/// <param name="TokenTypeIds">Segment per token.</param>
/// <param name="Targets">The id that is to be predicted at each of the output tokens.</param>
internal sealed record PredictedExample(int[] InputIds, int[] TokenTypeIds, int[] Targets)
    : TokenizedExample(InputIds, TokenTypeIds);
