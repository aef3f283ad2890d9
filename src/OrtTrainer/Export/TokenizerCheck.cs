using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Export;

/// <summary>Holds the exported tokenizer against what the model was trained with, from texts to ids.</summary>
internal static class TokenizerCheck
{
    /// <summary>Encodes texts as a user of the export would, and compares ids and token types.</summary>
    /// <param name="staged">Where the exported files are now.</param>
    /// <param name="folder">Where they will be, for the message.</param>
    /// <param name="task">How texts are encoded.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="examples">What the training side made of them, in the same order.</param>
    /// <param name="cancellation">Stops between two texts.</param>
    /// <exception cref="ExportMismatchException">An id or token type differs.</exception>
    public static void Require(
        string staged, string folder, ModelTask task, IReadOnlyList<Example> texts,
        IReadOnlyList<TokenizedExample> examples, CancellationToken cancellation = default)
    {
        Tokenizer tokenizer = Tokenizer.Load(staged);
        int limit = SequenceLimit.Of(staged, ModelConfig.Load(staged), asked: null);
        for (int i = 0; i < examples.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            TokenizedExample exported = task.Encode(texts[i], tokenizer, limit);
            bool isSame = exported.InputIds.AsSpan().SequenceEqual(examples[i].InputIds)
                && exported.TokenTypeIds.AsSpan().SequenceEqual(examples[i].TokenTypeIds);
            if (!isSame)
            {
                throw new ExportMismatchException(
                    Path.Combine(folder, "tokenizer.json"), i, examples.Count, exported, examples[i]);
            }
        }
    }
}
