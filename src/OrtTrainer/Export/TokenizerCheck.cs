using OrtTrainer.Checkpoints;
using OrtTrainer.Prediction;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Export;

/// <summary>Holds the exported tokenizer against what the model was trained with, from texts to ids.</summary>
internal static class TokenizerCheck
{
    /// <summary>Encodes texts as a user of the export would, and compares ids and token types.</summary>
    /// <param name="staged">Where the exported files are now.</param>
    /// <param name="folder">Where they will be, for the message.</param>
    /// <param name="texts">Texts with their second texts.</param>
    /// <param name="examples">What the training side made of them, in the same order.</param>
    /// <exception cref="ExportMismatchException">An id or token type differs.</exception>
    public static void Require(
        string staged, string folder, IReadOnlyList<(string Text, string? Pair)> texts,
        IReadOnlyList<TokenizedExample> examples)
    {
        Tokenizer tokenizer = Tokenizer.Load(staged);
        EncodeOptions options = new() { MaxLength = SequenceLimit.Of(staged, ModelConfig.Load(staged), asked: null) };
        TokenIds[] exported = tokenizer.EncodeBatch(texts, options);
        for (int i = 0; i < examples.Count; i++)
        {
            bool isSame = exported[i].Ids.AsSpan().SequenceEqual(examples[i].InputIds)
                && exported[i].TypeIds.AsSpan().SequenceEqual(examples[i].TokenTypeIds);
            if (!isSame)
            {
                throw new ExportMismatchException(
                    Path.Combine(folder, "tokenizer.json"), i, examples.Count, exported[i], examples[i]);
            }
        }
    }
}
