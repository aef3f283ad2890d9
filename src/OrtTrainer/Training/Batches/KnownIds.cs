using OrtTrainer.Common;

namespace OrtTrainer.Training.Batches;

/// <summary>Checks that a model knows the ids a tokenizer gave: not every tokenizer tells how many it has.</summary>
internal static class KnownIds
{
    /// <param name="inputs">What the tokenizer made.</param>
    /// <param name="vocabulary">The ids of the model, 0 to one less; null where its configuration does not say.</param>
    /// <param name="config">The configuration, for the message.</param>
    /// <exception cref="RunException">An id is larger than those of the model.</exception>
    public static void Require(IEnumerable<TokenizedExample> inputs, int? vocabulary, string config)
    {
        int largest = inputs.SelectMany(input => input.InputIds.Concat(input.DecoderIds ?? [])).DefaultIfEmpty().Max();
        if (largest >= vocabulary)
        {
            throw new RunException($"{config}: the tokenizer gives the id {largest}, but vocab_size is " +
                $"{vocabulary}. Take the tokenizer that belongs to this model.");
        }
    }
}
