using OrtTrainer.Data;

namespace OrtTrainer.Training.Batches;

/// <summary>A data set as token ids and targets.</summary>
/// <param name="Source">The examples and labels it was made of.</param>
/// <param name="Examples">The same examples, tokenized and cut to the greatest length, in the same order.</param>
/// <param name="Targets">What they are trained towards, a row for every row of the head's output.</param>
/// <param name="MaxLength">The greatest length, in tokens.</param>
internal sealed record EncodedDataset(
    Dataset Source, IReadOnlyList<TokenizedExample> Examples, TaskTargets Targets, int MaxLength)
{
    /// <summary>All tokens.</summary>
    public long Tokens => Examples.Sum(e => (long)e.InputIds.Length);

    /// <summary>How long the examples would be without cutting.</summary>
    public LengthSummary Lengths => LengthSummary.Of([.. Examples.Select(e => e.FullLength)], MaxLength);

    /// <summary>The given examples, in the given order.</summary>
    public EncodedDataset Take(IReadOnlyList<int> rows) => new(
        Source.Take(rows),
        [.. rows.Select(row => Examples[row])],
        Targets.Take(rows),
        MaxLength);
}
