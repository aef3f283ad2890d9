using OrtTrainer.Graph;

namespace OrtTrainer.Models.Imported;

/// <summary>
/// An activation of an exported graph. Exporters write GELU and SiLU in several steps and orders; so what a value is as
/// a function of one other is tried at a few points.
/// </summary>
/// <param name="X">What goes in.</param>
/// <param name="Name">Its name in Hugging Face configurations.</param>
internal sealed record ActivationSite(Value X, string Name)
{
    /// <summary>More steps than any activation is written in.</summary>
    private const int MostSteps = 9;

    private const double Tolerance = 1e-5;

    private static readonly double[] Points = [-3.1, -1.3, -0.4, 0.2, 0.9, 1.7, 2.6];

    private static readonly (string Name, Func<double, double> Of)[] Known =
    [
        ("gelu", x => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)))),
        ("gelu_new", x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))),
        ("silu", x => x / (1 + Math.Exp(-x))),
    ];

    /// <summary>The activation that makes a value; null where it is made in another way.</summary>
    public static ActivationSite? Match(SourceGraph source, Value value)
    {
        if (source.Producer(value, "Gelu") is { } gelu)
        {
            return new(gelu.Inputs[0]!, gelu.Attributes.String("approximate", "none") == "tanh" ? "gelu_new" : "gelu");
        }

        if (source.Producer(value, "Mul") is null && source.Producer(value, "Div") is null)
        {
            return null;
        }

        foreach (Value x in Ancestors(source, value).Where(x => x.Type.Element == OrtTrainer.Graph.ElementType.Float))
        {
            if (Points.Select(t => Evaluate(source, value, x, t, MostSteps)).ToArray() is var y
                && y.All(v => v is not null)
                && Known.FirstOrDefault(f => Fits(f.Of, y)) is { Name: { } name })
            {
                return new(x, name);
            }
        }

        return null;
    }

    private static bool Fits(Func<double, double> known, double?[] y) =>
        Points.Zip(y).All(point => Math.Abs(known(point.First) - point.Second!.Value) < Tolerance);

    /// <summary>What a value is made of element by element, the nearest first.</summary>
    private static IEnumerable<Value> Ancestors(SourceGraph source, Value value)
    {
        HashSet<Value> seen = [value];
        List<Value> level = [value];
        for (int step = 0; step < MostSteps && level.Count > 0; step++)
        {
            level =
            [
                .. level.SelectMany(v => source.Producer(v) is { } node && IsPointwise(node.Operator.Type)
                        ? node.Inputs.OfType<Value>()
                        : [])
                    .Where(v => source.Scalar(v) is null && !source.IsWeight(v) && seen.Add(v)),
            ];
            foreach (Value found in level)
            {
                yield return found;
            }
        }
    }

    private static bool IsPointwise(string type) =>
        type is "Add" or "Sub" or "Mul" or "Div" or "Pow" or "Erf" or "Tanh" or "Sigmoid" or "Sqrt" or "Neg" or "Exp";

    /// <summary>An element of a value where that of <paramref name="x"/> is t; null where it depends on anything
    /// else.</summary>
    private static double? Evaluate(SourceGraph source, Value value, Value x, double t, int steps)
    {
        if (value == x)
        {
            return t;
        }

        if (source.Scalar(value) is { } constant)
        {
            return constant;
        }

        if (steps == 0 || source.Producer(value) is not { } node || !IsPointwise(node.Operator.Type))
        {
            return null;
        }

        double? a = Evaluate(source, node.Inputs[0]!, x, t, steps - 1);
        double? b = node.Inputs.Count > 1 ? Evaluate(source, node.Inputs[1]!, x, t, steps - 1) : 0;
        return a is null || b is null ? null : node.Operator.Type switch
        {
            "Add" => a + b,
            "Sub" => a - b,
            "Mul" => a * b,
            "Div" => a / b,
            "Pow" => Math.Pow(a.Value, b.Value),
            "Erf" => Erf(a.Value),
            "Tanh" => Math.Tanh(a.Value),
            "Sigmoid" => 1 / (1 + Math.Exp(-a.Value)),
            "Sqrt" => Math.Sqrt(a.Value),
            "Neg" => -a,
            _ => Math.Exp(a.Value),
        };
    }

    /// <summary>erf by its series (Abramowitz and Stegun, 7.1.5), for |x| up to 3.</summary>
    private static double Erf(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 60; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
