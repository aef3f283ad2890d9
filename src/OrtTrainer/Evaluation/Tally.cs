namespace OrtTrainer.Evaluation;

/// <summary>How often each item occurs.</summary>
internal static class Tally
{
    public static Dictionary<T, int> Of<T>(IEnumerable<T> items)
        where T : notnull => items.CountBy(item => item).ToDictionary();

    /// <summary>All runs of <paramref name="order"/> tokens.</summary>
    public static Dictionary<string, int> OfNGrams(IReadOnlyList<string> tokens, int order) => Of(
        Enumerable.Range(0, Math.Max(0, tokens.Count - order + 1))
            .Select(start => string.Join('\u0001', tokens.Skip(start).Take(order))));

    /// <summary>Items that both have, each as often as in the one that has it less.</summary>
    public static int Shared<T>(IReadOnlyDictionary<T, int> first, IReadOnlyDictionary<T, int> second)
        where T : notnull => first.Sum(item => Math.Min(item.Value, second.GetValueOrDefault(item.Key)));
}
