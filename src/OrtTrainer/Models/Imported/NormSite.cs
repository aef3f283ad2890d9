using OrtTrainer.Graph;

namespace OrtTrainer.Models.Imported;

/// <summary>A norm of an exported graph over the last axis, as one operator or in steps.</summary>
/// <param name="X">What goes in.</param>
/// <param name="Stem">What its weights are called, without <c>.weight</c> and <c>.bias</c>.</param>
/// <param name="Width">The size of the last axis.</param>
/// <param name="Epsilon">What is added to the variance, or to the mean of squares.</param>
/// <param name="HasBias">Whether it has a bias.</param>
/// <param name="IsCentered">Whether the mean is taken off; otherwise it is the root of the mean square that is divided
/// by (Zhang and Sennrich, 2019).</param>
internal sealed record NormSite(Value X, string Stem, long Width, float Epsilon, bool HasBias, bool IsCentered)
{
    private const string GainSuffix = ".weight";
    private const string BiasSuffix = ".bias";

    /// <summary>The norm that makes a value; null where it is made in another way.</summary>
    public static NormSite? Match(SourceGraph source, Value value)
    {
        if (source.Producer(value, "LayerNormalization") is { } norm)
        {
            return MatchOperator(source, norm, value);
        }

        if (source.Producer(value, "Add") is { } add)
        {
            for (int place = 0; place < 2; place++)
            {
                if (StemOf(source, add.Inputs[place], BiasSuffix) is { } stem
                    && MatchScaled(source, add.Inputs[1 - place]!) is { IsCentered: true } scaled
                    && scaled.Stem == stem)
                {
                    return scaled with { HasBias = true };
                }
            }

            return null;
        }

        return MatchScaled(source, value);
    }

    private static NormSite? MatchOperator(SourceGraph source, Node norm, Value value)
    {
        Value x = norm.Inputs[0]!;
        Value? bias = norm.Inputs.Count > 2 ? norm.Inputs[2] : null;
        bool isZero = bias is not null && source.Stored(bias) is { } stored && stored.DataType == 1
            && stored.ReadFloat().All(b => b == 0);
        return norm.Outputs.Count > 0 && norm.Outputs[0] == value
            && x.Shape.NormalizeAxis(norm.Attributes.Int("axis", -1)) == x.Shape.Rank - 1
            && StemOf(source, norm.Inputs[1], GainSuffix) is { } stem
            && (bias is null || isZero || StemOf(source, bias, BiasSuffix) == stem)
            ? new(x, stem, norm.Inputs[1]!.Shape[0].Size, norm.Attributes.Float("epsilon", 1e-5f),
                bias is not null && !isZero, IsCentered: true)
            : null;
    }

    /// <summary>gain · x̂.</summary>
    private static NormSite? MatchScaled(SourceGraph source, Value value)
    {
        if (source.Producer(value, "Mul") is not { } mul)
        {
            return null;
        }

        for (int place = 0; place < 2; place++)
        {
            if (StemOf(source, mul.Inputs[place], GainSuffix) is { } stem
                && mul.Inputs[place]!.Shape[0] == value.Shape[-1]
                && Normed(source, Uncast(source, mul.Inputs[1 - place]!)) is var (x, epsilon, isCentered))
            {
                return new(x, stem, value.Shape[-1].Size, epsilon, HasBias: false, isCentered);
            }
        }

        return null;
    }

    /// <summary>x over the root of the mean of its squares, or the same of x less its mean.</summary>
    private static (Value X, float Epsilon, bool IsCentered)? Normed(SourceGraph source, Value value)
    {
        Value? numerator = null, root = null;
        if (source.Producer(value, "Div") is { } div)
        {
            (numerator, root) = (div.Inputs[0]!, div.Inputs[1]!);
        }
        else if (source.Producer(value, "Mul") is { } mul)
        {
            for (int place = 0; place < 2 && root is null; place++)
            {
                root = Inverted(source, mul.Inputs[place]!);
                numerator = mul.Inputs[1 - place]!;
            }
        }

        if (root is null || source.Producer(root, "Sqrt") is not { } sqrt
            || source.Producer(sqrt.Inputs[0], "Add") is not { } add)
        {
            return null;
        }

        float? epsilon = source.Scalar(add.Inputs[1]) ?? source.Scalar(add.Inputs[0]);
        Value mean = source.Scalar(add.Inputs[1]) is null ? add.Inputs[1]! : add.Inputs[0]!;
        if (epsilon is null || MeanOf(source, mean) is not { } square || SquareOf(source, square) is not { } squared)
        {
            return null;
        }

        Value x = Uncast(source, numerator!);
        return Centered(source, x) is { } whole && Centered(source, squared) == whole ? (whole, epsilon.Value, true)
            : Uncast(source, squared) == x ? (x, epsilon.Value, false)
            : null;
    }

    /// <summary>r where a value is 1 / r.</summary>
    private static Value? Inverted(SourceGraph source, Value value) =>
        source.Producer(value, "Reciprocal") is { } reciprocal ? reciprocal.Inputs[0]
        : source.Producer(value, "Div") is { } div && source.Scalar(div.Inputs[0]) == 1 ? div.Inputs[1]
        : null;

    /// <summary>x where a value is x less its mean.</summary>
    private static Value? Centered(SourceGraph source, Value value) =>
        source.Producer(value, "Sub") is { } sub && MeanOf(source, sub.Inputs[1]!) == sub.Inputs[0]
            ? sub.Inputs[0]
            : null;

    /// <summary>x where a value is the mean over its last axis.</summary>
    private static Value? MeanOf(SourceGraph source, Value value) => source.Producer(value, "ReduceMean") is { } mean
        && mean.Attributes.Int("keepdims", 1) == 1 && mean.Inputs.Count > 1
        && mean.Inputs[1]?.ConstantIntegers is [var axis]
        && value.Shape.NormalizeAxis(axis) == value.Shape.Rank - 1
        ? mean.Inputs[0]
        : null;

    /// <summary>x where a value is x².</summary>
    private static Value? SquareOf(SourceGraph source, Value value) =>
        source.Producer(value, "Pow") is { } pow && source.Scalar(pow.Inputs[1]) == 2 ? pow.Inputs[0]
        : source.Producer(value, "Mul") is { } mul && mul.Inputs[0] == mul.Inputs[1] ? mul.Inputs[0]
        : null;

    /// <summary>A value before it was cast from float to float, as exporters do.</summary>
    private static Value Uncast(SourceGraph source, Value value) =>
        source.Producer(value, "Cast") is { } cast && cast.Inputs[0]!.Type.Element == value.Type.Element
            ? Uncast(source, cast.Inputs[0]!)
            : value;

    private static string? StemOf(SourceGraph source, Value? weight, string suffix) => source.IsWeight(weight)
        && weight!.Shape.Rank == 1 && weight.Name.EndsWith(suffix, StringComparison.Ordinal)
        ? weight.Name[..^suffix.Length]
        : null;
}
