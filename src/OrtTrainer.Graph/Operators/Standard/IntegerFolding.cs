namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Element by element on integers known while building, with lists of one element repeated.</summary>
internal static class IntegerFolding
{
    public delegate SymbolicInteger? Combination(SymbolicInteger a, SymbolicInteger b);

    /// <summary>Null where an operand is unknown or the lengths do not fit.</summary>
    public static IReadOnlyList<SymbolicInteger?>? Combine(InferenceContext context, Combination combine)
    {
        if (context.Integers(0) is not { } a || context.Integers(1) is not { } b
            || Length(a.Count, b.Count) is not { } length)
        {
            return null;
        }

        return [.. Enumerable.Range(0, length).Select(i =>
            At(a, i) is { } left && At(b, i) is { } right ? combine(left, right) : null)];
    }

    /// <summary>The element at <paramref name="index"/>, or the only one.</summary>
    public static SymbolicInteger? At(IReadOnlyList<SymbolicInteger?> list, int index) =>
        list[list.Count == 1 ? 0 : index];

    /// <summary>The common length of lists that broadcast, or null.</summary>
    public static int? Length(params ReadOnlySpan<int> counts)
    {
        int longest = 1;
        foreach (int count in counts)
        {
            if (count != 1 && longest != 1 && count != longest)
            {
                return null;
            }

            longest = count == 1 ? longest : count;
        }

        return longest;
    }
}
