using System.Globalization;
using System.Text.Json.Nodes;
using OrtTrainer.Randomness;

namespace OrtTrainer.Studies.Tuning;

/// <summary>A setting that is any number of a range.</summary>
internal sealed class RangeDimension : SearchDimension
{
    private readonly double _from, _to;

    /// <param name="name">The option's name.</param>
    /// <param name="low">The least value.</param>
    /// <param name="high">The greatest value, above <paramref name="low"/>.</param>
    /// <param name="scale">What makes values alike in distance.</param>
    public RangeDimension(string name, double low, double high, RangeScale scale)
        : base(name)
    {
        (Low, High, Scale) = (low, high, scale);
        (_from, _to) = scale == RangeScale.Log ? (Math.Log(low), Math.Log(high))
            : scale == RangeScale.Int ? (low - 0.5, high + 0.5)
            : (low, high);
    }

    /// <summary>The least value.</summary>
    public double Low { get; }

    /// <summary>The greatest value.</summary>
    public double High { get; }

    /// <summary>What makes values alike in distance.</summary>
    public RangeScale Scale { get; }

    /// <inheritdoc/>
    public override bool IsOrdered => true;

    /// <inheritdoc/>
    public override double Draw(SeededRandom random) => FromScale(_from + (random.NextDouble() * (_to - _from)));

    /// <inheritdoc/>
    public override JsonNode? ToJson(double value) => Scale == RangeScale.Int ? (long)value : value;

    /// <inheritdoc/>
    public override double FromJson(JsonNode? value) =>
        value is JsonValue number && number.TryGetValue(out double found) && found >= Low && found <= High
            ? found
            : double.NaN;

    /// <inheritdoc/>
    public override IParzenEstimate Estimate(IReadOnlyList<double> values) => new RangeParzen(
        values, _from, _to, Scale == RangeScale.Int ? 1 : 0, ToScale, FromScale);

    private double ToScale(double value) => Scale == RangeScale.Log ? Math.Log(value) : value;

    // Four digits are more than any learning rate needs, and what a person can copy.
    private double FromScale(double place)
    {
        double value = Scale switch
        {
            RangeScale.Log => Rounded(Math.Exp(place)),
            RangeScale.Int => Math.Round(place, MidpointRounding.AwayFromZero),
            _ => Rounded(place),
        };
        return Math.Clamp(value, Low, High);
    }

    private static double Rounded(double value) => value == 0 ? 0
        : double.Parse(
            value.ToString("G4", CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);
}
