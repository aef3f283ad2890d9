using System.Text.Json.Nodes;
using OrtTrainer.Randomness;

namespace OrtTrainer.Studies.Tuning;

/// <summary>A setting that a search varies. Its values are numbers to the search: places of a list, or what a range
/// is of.</summary>
/// <param name="name">The option's name as in options.json, with dots between levels, such as
/// <c>swa.start</c>.</param>
internal abstract class SearchDimension(string name)
{
    /// <summary>The option's name, with dots between levels.</summary>
    public string Name { get; } = name;

    /// <summary>Whether values have an order that a rank correlation may speak of.</summary>
    public abstract bool IsOrdered { get; }

    /// <summary>A value, each as likely; along the logarithm in a logarithmic range.</summary>
    public abstract double Draw(SeededRandom random);

    /// <summary>A value as options have it.</summary>
    public abstract JsonNode? ToJson(double value);

    /// <summary>The value that options have; NaN for one that the search does not know.</summary>
    public abstract double FromJson(JsonNode? value);

    /// <summary>How the values of some trials lie.</summary>
    /// <param name="values">Values of this setting, in the order of the trials; may be empty.</param>
    public abstract IParzenEstimate Estimate(IReadOnlyList<double> values);

    /// <summary>A part of the options of a run that sets it.</summary>
    public JsonObject Part(JsonNode? value)
    {
        string[] names = Name.Split('.');
        JsonObject part = new() { [names[^1]] = value?.DeepClone() };
        foreach (string holder in names.Reverse().Skip(1))
        {
            part = new JsonObject { [holder] = part };
        }

        return part;
    }

    /// <summary>The value that options hold under the name; null where they hold none.</summary>
    public JsonNode? Find(JsonObject options)
    {
        JsonNode? at = options;
        foreach (string part in Name.Split('.'))
        {
            at = (at as JsonObject)?[part];
        }

        return at;
    }
}
