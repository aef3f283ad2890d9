using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Imported;

/// <summary>A linear layer of an exported graph: a product with a weight, and a bias.</summary>
/// <param name="X">What goes in.</param>
/// <param name="Stem">What the weight is called, without <c>.weight</c>.</param>
/// <param name="Inputs">Columns of what goes in.</param>
/// <param name="Outputs">Columns of what comes out.</param>
/// <param name="InputsFirst">Whether the weight lies as [in, out].</param>
/// <param name="Bias">What the bias is called, without <c>.bias</c>; null for none.</param>
internal sealed record LinearSite(
    Value X, string Stem, long Inputs, long Outputs, bool InputsFirst, string? Bias)
{
    private const string WeightSuffix = ".weight";
    private const string BiasSuffix = ".bias";

    /// <summary>The layer for a builder.</summary>
    public LinearName Name => new(Stem) { InputsFirst = InputsFirst, HasBias = Bias is not null };

    /// <summary>The layer that makes a value; null where it is made in another way.</summary>
    public static LinearSite? Match(SourceGraph source, Value value)
    {
        if (source.Producer(value, "Gemm") is { } gemm)
        {
            return MatchGemm(source, gemm);
        }

        if (source.Producer(value, "MatMul") is { } product)
        {
            return Of(source, product.Inputs[0]!, product.Inputs[1]!, isTurned: false, bias: null);
        }

        if (source.Producer(value, "Add") is not { } add)
        {
            return null;
        }

        for (int place = 0; place < 2; place++)
        {
            if (IsBias(source, add.Inputs[place], value)
                && source.Producer(add.Inputs[1 - place], "MatMul") is { } inner
                && source.UsesOf(inner.Outputs[0]) == 1)
            {
                return Of(source, inner.Inputs[0]!, inner.Inputs[1]!, isTurned: false, add.Inputs[place]);
            }
        }

        return null;
    }

    private static LinearSite? MatchGemm(SourceGraph source, Node gemm)
    {
        AttributeList attributes = gemm.Attributes;
        Value? bias = gemm.Inputs.Count > 2 ? gemm.Inputs[2] : null;
        return attributes.Int("transA", 0) == 0 && attributes.Float("alpha", 1) == 1 && attributes.Float("beta", 1) == 1
            && (bias is null || IsBias(source, bias, gemm.Outputs[0]))
            ? Of(source, gemm.Inputs[0]!, gemm.Inputs[1]!, attributes.Int("transB", 0) == 1, bias)
            : null;
    }

    private static bool IsBias(SourceGraph source, Value? bias, Value sum) => source.IsWeight(bias)
        && bias!.Shape.Rank == 1 && bias.Shape[0] == sum.Shape[-1]
        && bias.Name.EndsWith(BiasSuffix, StringComparison.Ordinal);

    private static LinearSite? Of(SourceGraph source, Value x, Value factor, bool isTurned, Value? bias)
    {
        if (source.Producer(factor, "Transpose") is { } transpose)
        {
            (factor, isTurned) = (transpose.Inputs[0]!, !isTurned);
        }

        if (source.IsWeight(x) || !source.IsWeight(factor) || factor.Shape.Rank != 2
            || !factor.Name.EndsWith(WeightSuffix, StringComparison.Ordinal))
        {
            return null;
        }

        (long rows, long columns) = (factor.Shape[0].Size, factor.Shape[1].Size);
        return new(
            x, factor.Name[..^WeightSuffix.Length], isTurned ? columns : rows, isTurned ? rows : columns, !isTurned,
            bias?.Name[..^BiasSuffix.Length]);
    }
}
