namespace OrtTrainer.Text;

/// <summary>
/// A half-open range [Start, End) of a text, counted in Unicode code points (not UTF-16 units, not bytes).
/// </summary>
/// <param name="Start">The first code point.</param>
/// <param name="End">One past the last code point.</param>
public readonly record struct TextRange(int Start, int End)
{
    /// <summary>The number of code points.</summary>
    public int Length => End - Start;
}
