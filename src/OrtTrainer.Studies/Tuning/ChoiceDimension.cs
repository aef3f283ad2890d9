using System.Text.Json.Nodes;
using OrtTrainer.Randomness;

namespace OrtTrainer.Studies.Tuning;

/// <summary>A setting with a list of values; to the search they are their places in it, without an order.</summary>
internal sealed class ChoiceDimension(string name, IReadOnlyList<JsonNode?> values) : SearchDimension(name)
{
    /// <inheritdoc/>
    public override bool IsOrdered =>
        Values.All(value => value is JsonValue number && number.TryGetValue(out double _));

    /// <summary>Two values or more.</summary>
    public IReadOnlyList<JsonNode?> Values { get; } = values;

    /// <inheritdoc/>
    public override double Draw(SeededRandom random) => random.NextInt(Values.Count);

    /// <inheritdoc/>
    public override JsonNode? ToJson(double value) => Values[(int)value]?.DeepClone();

    /// <inheritdoc/>
    public override double FromJson(JsonNode? value)
    {
        for (int place = 0; place < Values.Count; place++)
        {
            if (JsonNode.DeepEquals(Values[place], value))
            {
                return place;
            }
        }

        return double.NaN;
    }

    /// <inheritdoc/>
    public override IParzenEstimate Estimate(IReadOnlyList<double> values) =>
        new ChoiceParzen(Values.Count, values);
}
