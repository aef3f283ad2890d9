namespace OrtTrainer.Models.Building;

/// <summary>What attention makes of the distances between tokens by itself, whatever the embeddings say.</summary>
internal sealed record TokenDistances
{
    /// <summary>
    /// θ of rotary positions (Su et al., 2021): elements i and i + D/2 of queries and keys are turned by position ·
    /// θ^(-2i/D). Null for none.
    /// </summary>
    public double? RotaryBase { get; init; }

    /// <summary>What is added to scores by distance; null for nothing.</summary>
    public RelativeBias? Bias { get; init; }

    /// <summary>How many tokens away a token sees, 0 or more, to either side; null for no limit.</summary>
    public int? Window { get; init; }

    /// <summary>The angle from one position to the next of each pair of elements, [D/2].</summary>
    /// <param name="width">Values per head, D, an even number.</param>
    internal float[] Frequencies(int width) =>
        [.. Enumerable.Range(0, width / 2).Select(i => (float)Math.Pow(RotaryBase!.Value, -2.0 * i / width))];
}
