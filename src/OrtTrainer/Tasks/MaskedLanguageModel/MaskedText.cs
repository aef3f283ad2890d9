using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.MaskedLanguageModel;

/// <summary>A text with mask tokens in it, whose tokens a model is asked for.</summary>
/// <param name="InputIds">Token ids with special tokens.</param>
/// <param name="TokenTypeIds">Segment per token.</param>
/// <param name="Tokenizer">Names the tokens.</param>
internal sealed record MaskedText(int[] InputIds, int[] TokenTypeIds, Tokenizer Tokenizer)
    : TokenizedExample(InputIds, TokenTypeIds);
