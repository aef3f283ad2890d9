using System.Globalization;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;

namespace OrtTrainer.Models;

/// <summary>Fields of config.json as architectures read them: in their range, or refused by name.</summary>
internal static class ConfigFields
{
    /// <summary>A whole number of a range; <paramref name="defaultValue"/> where the field is absent.</summary>
    /// <exception cref="CheckpointException">It is absent without a default, no whole number, or out of
    /// range.</exception>
    public static int Size(this ModelConfig config, string field, SizeRange range, int? defaultValue = null)
    {
        int value = config.GetInt(field, defaultValue);
        return value >= range.Least && value <= range.Most
            ? value
            : throw OutOfRange(config, field, value.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{range.Least} to {range.Most}"));
    }

    /// <summary>A list of whole numbers of a range, one or more; <paramref name="defaultValue"/> where the field is
    /// absent.</summary>
    /// <exception cref="CheckpointException">It is no such list, or a number is out of range.</exception>
    public static int[] Sizes(this ModelConfig config, string field, SizeRange range, int[] defaultValue)
    {
        if (!config.Has(field))
        {
            return defaultValue;
        }

        JsonNode found = config.ToJson()[field]!;
        return found is JsonArray { Count: > 0 } list
            && list.All(item => item is JsonValue value && value.TryGetValue(out int size)
                && size >= range.Least && size <= range.Most)
            ? [.. list.Select(item => item!.GetValue<int>())]
            : throw OutOfRange(config, field, CheckpointException.Shorten(found.ToJsonString()),
                string.Create(CultureInfo.InvariantCulture, $"a list of numbers from {range.Least} to {range.Most}"));
    }

    /// <summary>A probability of dropout in [0, 1).</summary>
    /// <exception cref="CheckpointException">It is none.</exception>
    public static float Probability(this ModelConfig config, string field, double defaultValue = 0.1)
    {
        float value = (float)config.GetFloat(field, defaultValue);
        return value is >= 0 and < 1
            ? value
            : throw OutOfRange(config, field, Text(value), "0 or more and less than 1");
    }

    /// <summary>What a norm adds to the variance, in (0, 1).</summary>
    /// <exception cref="CheckpointException">It is none.</exception>
    public static float Epsilon(this ModelConfig config, string field, double defaultValue = 1e-12)
    {
        float value = (float)config.GetFloat(field, defaultValue);
        return value is > 0 and < 1
            ? value
            : throw OutOfRange(config, field, Text(value), "more than 0 and less than 1");
    }

    /// <summary>The standard deviation of random weights, in [0, 1].</summary>
    /// <exception cref="CheckpointException">It is none.</exception>
    public static double Deviation(this ModelConfig config, string field, double defaultValue = 0.02)
    {
        double value = config.GetFloat(field, defaultValue);
        return value is >= 0 and <= 1
            ? value
            : throw OutOfRange(config, field, value.ToString(CultureInfo.InvariantCulture), "0 to 1");
    }

    /// <summary>Refuses a model without a feature that a field turns on.</summary>
    /// <exception cref="RunException">The field is false, or absent and false by default.</exception>
    public static void RequireOn(this ModelConfig config, string field, bool defaultValue)
    {
        if (!config.GetBool(field, defaultValue))
        {
            throw new RunException($"{config.Path}: {field} is false{Absent(config, field)}, which is not supported; " +
                "supported is true. Take another model; the same weights would compute something else.");
        }
    }

    /// <summary>Refuses a feature that a field turns on.</summary>
    /// <exception cref="RunException">The field is true, or absent and true by default.</exception>
    public static void RequireOff(this ModelConfig config, string field, string feature, bool defaultValue = false)
    {
        if (config.GetBool(field, defaultValue))
        {
            throw new RunException($"{config.Path}: {field} is true{Absent(config, field)}, but {feature} is not " +
                "supported. Take a model without it; the same weights would compute something else.");
        }
    }

    /// <summary>Refuses every value of a field but those that are built.</summary>
    /// <param name="config">Whose field it is.</param>
    /// <param name="field">The field; absent, it counts as the first of those.</param>
    /// <param name="supported">What is built.</param>
    /// <exception cref="RunException">The field has another value.</exception>
    public static void RequireValue(this ModelConfig config, string field, params IReadOnlyList<string> supported)
    {
        if (config.GetString(field, supported[0]) is var value && !supported.Contains(value))
        {
            string known = $"{(supported.Count == 1 ? "is" : "are")} '{string.Join("', '", supported)}'";
            throw new RunException($"{config.Path}: {field} is '{value}', which is not supported; supported {known}. " +
                "Take another model; the same weights would compute something else.");
        }
    }

    /// <summary>Refuses a model some of whose heads were taken out.</summary>
    /// <exception cref="RunException"><c>pruned_heads</c> names some.</exception>
    public static void RequireNoPrunedHeads(this ModelConfig config)
    {
        if (config.ToJson()["pruned_heads"] is JsonObject { Count: > 0 })
        {
            throw new RunException($"{config.Path}: pruned_heads names heads that were taken out, which is not " +
                "supported. Take the model with all of its heads.");
        }
    }

    /// <summary>Refuses a model whose output layer has other weights than its word embeddings.</summary>
    /// <exception cref="RunException"><c>tie_word_embeddings</c> is false.</exception>
    public static void RequireTied(this ModelConfig config)
    {
        if (!config.GetBool("tie_word_embeddings", true))
        {
            throw new RunException($"{config.Path}: tie_word_embeddings is false, which is not supported with masked " +
                "tokens; expected true, or nothing. Take a model whose output layer is its word embeddings.");
        }
    }

    /// <summary>Makes sure that one size divides another.</summary>
    /// <exception cref="RunException">It does not.</exception>
    public static void RequireDivisor(this ModelConfig config, string field, int divisor, string ofField, int size)
    {
        if (size % divisor != 0)
        {
            throw new RunException($"{config.Path}: {ofField} {size} is not a multiple of {field} {divisor}. " +
                "Correct either field.");
        }
    }

    private static string Absent(ModelConfig config, string field) => config.Has(field) ? "" : " by default";

    private static string Text(float value) => value.ToString(CultureInfo.InvariantCulture);

    private static CheckpointException OutOfRange(ModelConfig config, string field, string found, string expected) =>
        new(config.Path, $"field {field}", found, expected, "Correct the field.");
}
