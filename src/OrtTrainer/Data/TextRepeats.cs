using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>How many rows repeat a text met before.</summary>
/// <param name="Exact">Rows whose text (and pair) is the same character by character.</param>
/// <param name="Folded">Rows whose text is the same but for case and white space at its ends; includes
/// <paramref name="Exact"/>.</param>
/// <param name="Rows">The 0-based rows counted in <paramref name="Folded"/>, in ascending order.</param>
internal sealed record TextRepeats(int Exact, int Folded, IReadOnlyList<int> Rows)
{
    /// <summary>The rows of <paramref name="data"/> that repeat an earlier row of it.</summary>
    public static TextRepeats Within(Dataset data)
    {
        HashSet<string> exact = new(StringComparer.Ordinal), folded = new(StringComparer.Ordinal);
        return Count(
            data,
            example => !exact.Add(TextKeys.Exact(example)),
            example => !folded.Add(TextKeys.Folded(example)));
    }

    /// <summary>The rows of <paramref name="data"/> whose text <paramref name="seen"/> holds too.</summary>
    public static TextRepeats Across(Dataset data, Dataset seen)
    {
        HashSet<string> exact = [.. seen.Examples.Select(TextKeys.Exact)];
        HashSet<string> folded = [.. seen.Examples.Select(TextKeys.Folded)];
        return Count(
            data,
            example => exact.Contains(TextKeys.Exact(example)),
            example => folded.Contains(TextKeys.Folded(example)));
    }

    private static TextRepeats Count(Dataset data, Func<Example, bool> isExact, Func<Example, bool> isFolded)
    {
        int exact = data.Examples.Count(isExact);
        int[] rows = [.. Enumerable.Range(0, data.Count).Where(row => isFolded(data.Examples[row]))];
        return new TextRepeats(exact, rows.Length, rows);
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
