using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>The counter-based random mask that all dropout shares.</summary>
internal static class DropoutFunctions
{
    /// <summary>
    /// A 32-bit mixing function ("lowbias32", C. Wellons, hash-prospector, 2018) on integers held as int64 in [0,
    /// 2^32).
    /// </summary>
    private static FunctionDefinition Mix { get; } = FunctionDefinition.Parse(
        "DropoutMix(x) => y",
        """
        a = BitwiseXor(x, Div(x, 65536))
        b = BitwiseAnd(Mul(a, 2146121005), 4294967295)
        c = BitwiseXor(b, Div(b, 32768))
        d = BitwiseAnd(Mul(c, 2221713035), 4294967295)
        y = BitwiseXor(d, Div(d, 65536))
        """);

    /// <summary>
    /// 0 or 1/(1-p) for every counter of <c>index</c>; <c>key</c> holds two numbers in [0, 2^32), new in every step.
    /// The second half of the key enters between the two rounds of the mixing, so that no two keys permute the same
    /// sequence.
    /// </summary>
    private static FunctionDefinition Mask { get; } = FunctionDefinition.Parse(
        "DropoutMask(index, key; float p, int site) => mask",
        """
        k0 = DropoutMix(BitwiseAnd(Add(Gather(key, 0), Mul(@site, 2654435769)), 4294967295))
        k1 = DropoutMix(BitwiseAnd(Add(Gather(key, 1), Mul(@site, 2246822507)), 4294967295))
        a = BitwiseXor(BitwiseAnd(index, 4294967295), k0)
        b = BitwiseXor(a, Div(a, 65536))
        c = BitwiseAnd(Add(Mul(b, 2146121005), k1), 4294967295)
        d = BitwiseXor(c, Div(c, 32768))
        e = BitwiseAnd(Mul(d, 2221713035), 4294967295)
        hash = BitwiseXor(e, Div(e, 65536))
        threshold = Cast<to = 7>(Floor(Mul(@p, 4294967296.0)))
        mask = Where(GreaterOrEqual(hash, threshold), Div(1.0, Sub(1.0, @p)), 0.0)
        """);

    public static IReadOnlyList<FunctionDefinition> All { get; } = [Mix, Mask];
}
