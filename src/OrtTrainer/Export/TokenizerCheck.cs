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
    /// <param name="reference">The texts, and the inputs that the training side made of them.</param>
    /// <param name="cancellation">Stops between two texts.</param>
    /// <exception cref="ExportMismatchException">An id or token type differs.</exception>
    public static void Require(
        string staged, string folder, ModelTask task, ExportReference reference,
        CancellationToken cancellation = default)
    {
        Tokenizer tokenizer = Tokenizer.Load(staged);
        int limit = SequenceLimit.Of(staged, ModelConfig.Load(staged), asked: null);
        int at = 0;
        foreach (Example text in reference.Texts ?? [])
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (TokenizedExample exported in task.Encode(text, tokenizer, limit, reference.Stride))
            {
                TokenizedExample trained = at < reference.Inputs.Count ? reference.Inputs[at] : new([], []);
                bool isSame = exported.InputIds.AsSpan().SequenceEqual(trained.InputIds)
                    && exported.TokenTypeIds.AsSpan().SequenceEqual(trained.TokenTypeIds);
                if (!isSame)
                {
                    throw new ExportMismatchException(
                        Path.Combine(folder, "tokenizer.json"), at, reference.Inputs.Count, exported, trained);
                }

                at++;
            }
        }
    }
}
