using OrtTrainer.Data;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>What the rows of a file say of their texts, before those are inputs of a model.</summary>
/// <param name="scores">How alike the texts of each pair are, [N]; null where the data do not say.</param>
/// <param name="count">Rows, N.</param>
/// <param name="texts">Texts per row.</param>
/// <param name="width">Values of a text's vector.</param>
internal sealed class PairTargets(float[]? scores, int count, int texts, int width) : TaskTargets
{
    /// <summary>How alike the texts of each pair are, [N]; null where the data do not say.</summary>
    public float[]? Scores => scores;

    /// <summary>Texts per row: 2 for pairs, more where there are negatives.</summary>
    public int Texts => texts;

    /// <inheritdoc/>
    public override int Count => count;

    /// <inheritdoc/>
    public override int Outputs => width;

    /// <exception cref="NotSupportedException">Always: the texts of a row have vectors each.</exception>
    public override void Write(int row, Span<float> values) =>
        throw new NotSupportedException("Pairs have no rows of targets before their texts are inputs.");

    /// <inheritdoc/>
    public override TaskTargets Take(IReadOnlyList<int> examples) => new PairTargets(
        scores is null ? null : TakeRows(scores, 1, examples), examples.Count, texts, width);

    /// <summary>Tenths of the pairs in the order of their scores.</summary>
    public override IReadOnlyList<int[]> Strata() =>
        scores is null ? base.Strata() : new NumberTargets(scores).Strata();

    /// <inheritdoc/>
    public override TargetSummary Summarize(LabelMap? labels) => new(count, []);
}
