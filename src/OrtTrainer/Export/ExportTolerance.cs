namespace OrtTrainer.Export;

/// <summary>
/// How far an exported model's logits may be from the reference: |x - r| &lt;= absolute + relative · max |r|, the
/// largest logit of the example. A logit near zero is a sum of large terms, and as inexact as they are.
/// </summary>
internal sealed record ExportTolerance
{
    private readonly double _absolute = 1e-4;
    private readonly double _relative = 1e-4;

    /// <summary>0 or more; 1e-4 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not a number.</exception>
    public double Absolute
    {
        get => _absolute;
        init => _absolute = NotNegative(value, nameof(Absolute));
    }

    /// <summary>A share of the example's largest magnitude, 0 or more; 1e-4 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not a number.</exception>
    public double Relative
    {
        get => _relative;
        init => _relative = NotNegative(value, nameof(Relative));
    }

    /// <summary>Whether a value is near enough; what is not a number never is.</summary>
    /// <param name="value">The exported model's.</param>
    /// <param name="reference">What is expected.</param>
    /// <param name="largest">The largest magnitude expected of the example.</param>
    public bool Allows(double value, double reference, double largest) =>
        Math.Abs(value - reference) <= _absolute + (_relative * largest);

    private static double NotNegative(double value, string name) => value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected 0 or more.");
}
