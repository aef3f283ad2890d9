namespace OrtTrainer.Data;

/// <summary>One class per token; tokens that have none, such as special ones, are ignored.</summary>
internal sealed class TokenTargets : CategoricalTargets
{
    private readonly int[] _starts;

    /// <summary>Keeps both arrays.</summary>
    /// <param name="ids">From 0 to K - 1, or <see cref="CategoricalTargets.Ignored"/>: [R], example after
    /// example.</param>
    /// <param name="starts">The place of each example's first token, and R: [N + 1].</param>
    /// <param name="classes">K.</param>
    /// <exception cref="ArgumentException">The starts do not end where the ids do.</exception>
    public TokenTargets(int[] ids, int[] starts, int classes)
        : base(ids, classes)
    {
        if (starts.Length == 0 || starts[0] != 0 || starts[^1] != ids.Length)
        {
            throw new ArgumentException(
                $"The {ids.Length} ids of tokens need starts from 0 to {ids.Length}; found {starts.Length} starts.");
        }

        _starts = starts;
    }

    /// <inheritdoc/>
    public override int Count => _starts.Length - 1;

    /// <inheritdoc/>
    public override int FirstRow(int example) => _starts[example];

    /// <summary>Joins the classes of each example's tokens.</summary>
    /// <param name="examples">From 0 to K - 1, or <see cref="CategoricalTargets.Ignored"/>, per token.</param>
    /// <param name="classes">K.</param>
    public static TokenTargets Of(IReadOnlyList<int[]> examples, int classes)
    {
        int[] starts = new int[examples.Count + 1];
        for (int i = 0; i < examples.Count; i++)
        {
            starts[i + 1] = starts[i] + examples[i].Length;
        }

        return new TokenTargets([.. examples.SelectMany(ids => ids)], starts, classes);
    }

    /// <summary>The classes of one example's tokens.</summary>
    public ReadOnlySpan<int> IdsOf(int example) => Ids[_starts[example].._starts[example + 1]];

    /// <inheritdoc/>
    public override TaskTargets Take(IReadOnlyList<int> examples) =>
        Of([.. examples.Select(example => IdsOf(example).ToArray())], Outputs);

    /// <inheritdoc/>
    public override TargetSummary Summarize(LabelMap? labels) => base.Summarize(labels) with { Unit = "word" };
}
