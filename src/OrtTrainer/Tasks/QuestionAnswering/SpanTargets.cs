using OrtTrainer.Data;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>The first and last token of each input's answer: a row per token, 1 where it starts, 1 where it
/// ends.</summary>
internal sealed class SpanTargets : TaskTargets
{
    private readonly (int Start, int End)[] _spans;
    private readonly int[] _lengths;
    private readonly int[] _firstRows;

    /// <param name="spans">The indices of both tokens in each input, [M].</param>
    /// <param name="lengths">The tokens of each input, [M].</param>
    /// <exception cref="ArgumentException">A token is none of its input.</exception>
    public SpanTargets((int Start, int End)[] spans, int[] lengths)
    {
        _spans = spans;
        _lengths = lengths;
        _firstRows = new int[lengths.Length + 1];
        for (int input = 0; input < lengths.Length; input++)
        {
            (int start, int end) = spans[input];
            if (start < 0 || end < start || end >= lengths[input])
            {
                throw new ArgumentException(
                    $"Input {input} has {lengths[input]} tokens; its answer cannot be the tokens {start} to {end}.");
            }

            _firstRows[input + 1] = _firstRows[input] + lengths[input];
        }
    }

    /// <inheritdoc/>
    public override int Count => _spans.Length;

    /// <summary>Start and end.</summary>
    public override int Outputs => 2;

    /// <summary>The first and last token of an input's answer.</summary>
    public (int Start, int End) this[int input] => _spans[input];

    /// <inheritdoc/>
    public override int FirstRow(int example) => _firstRows[example];

    /// <inheritdoc/>
    public override void Write(int row, Span<float> values)
    {
        int found = Array.BinarySearch(_firstRows, row);
        int input = found >= 0 ? found : ~found - 1;
        int token = row - _firstRows[input];
        values[0] = token == _spans[input].Start ? 1 : 0;
        values[1] = token == _spans[input].End ? 1 : 0;
    }

    /// <inheritdoc/>
    public override TaskTargets Take(IReadOnlyList<int> examples) => new SpanTargets(
        TakeRows(_spans, 1, examples), TakeRows(_lengths, 1, examples));

    /// <inheritdoc/>
    public override TargetSummary Summarize(LabelMap? labels) => new(Count, [], "input");
}
