using OrtTrainer.Data;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>
/// The texts of all pairs as inputs, M of them in groups: an anchor, the text that it belongs to, and negatives. A row
/// per text, of which the anchors' alone have a loss.
/// </summary>
internal sealed class TextTargets : TaskTargets
{
    private readonly int[] _texts;
    private readonly float[]? _scores;
    private readonly int _width;

    /// <param name="texts">A number for each text, the same for equal texts, [M].</param>
    /// <param name="groupSize">Texts per group.</param>
    /// <param name="scores">The score of each text's pair, [M]; null for none.</param>
    /// <param name="width">Values of a text's vector.</param>
    public TextTargets(int[] texts, int groupSize, float[]? scores, int width)
    {
        (_texts, GroupSize, _scores, _width) = (texts, groupSize, scores, width);
    }

    /// <inheritdoc/>
    public override int Count => _texts.Length;

    /// <inheritdoc/>
    public override int Outputs => _width;

    /// <inheritdoc/>
    public override int GroupSize { get; }

    /// <summary>Whether pairs have scores.</summary>
    public bool HasScores => _scores is not null;

    /// <summary>The score of each text's pair, [M].</summary>
    public float[] Scores => _scores ?? throw new InvalidOperationException("The pairs have no scores.");

    /// <summary>Whether a text is the first of its group.</summary>
    public bool IsAnchor(int row) => row % GroupSize == 0;

    /// <summary>Whether a text is the positive of an anchor.</summary>
    public bool IsPositiveOf(int anchor, int row) => IsAnchor(anchor) && row == anchor + 1;

    /// <summary>
    /// Whether a text is held against an anchor: its positive, and the positives and negatives of all groups but those
    /// that are the same text as its positive or itself, which are as right.
    /// </summary>
    public bool IsCandidateOf(int anchor, int row) => !IsAnchor(row) && (row == anchor + 1
        || (_texts[row] != _texts[anchor + 1] && _texts[row] != _texts[anchor]));

    /// <summary>The score of a text's pair, beside zeros: what tells runs on other data apart.</summary>
    public override void Write(int row, Span<float> values)
    {
        values.Clear();
        values[0] = _scores?[row] ?? 0;
    }

    /// <summary>1 for anchors: the others are compared with, and have no loss of their own.</summary>
    public override float Weight(int row) => IsAnchor(row) ? 1 : 0;

    /// <inheritdoc/>
    public override TaskTargets Take(IReadOnlyList<int> examples) => new TextTargets(
        TakeRows(_texts, 1, examples), GroupSize, _scores is null ? null : TakeRows(_scores, 1, examples), _width);

    /// <inheritdoc/>
    public override TargetSummary Summarize(LabelMap? labels) => new(Count, [], "text");
}
