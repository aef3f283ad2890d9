using System.Globalization;
using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Export;

/// <summary>How the exported weights came to be. It is stored in the ONNX and in the safetensors file.</summary>
internal sealed record Provenance
{
    /// <summary>A method of fine-tuning, such as <c>distillation+swa</c>, or the recipe of a soup.</summary>
    public required string Method { get; init; }

    /// <summary>The task trained for.</summary>
    public required ModelTask Task { get; init; }

    /// <summary>The metric that chose the weights, such as <c>accuracy</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>The seed of the run.</summary>
    public required long Seed { get; init; }

    /// <summary>The model training began from, as the user named it; null if from scratch without a name.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The steps that were averaged; null where the live weights are exported.</summary>
    public AveragedSteps? AveragedSteps { get; init; }

    /// <summary>How they were averaged, such as <c>avg += (w - avg) / (n + 1)</c>; null where nothing was.</summary>
    public string? Formula { get; init; }

    /// <summary>The runs whose weights went into a soup, in that order; null for weights of one run.</summary>
    public IReadOnlyList<string>? Ingredients { get; init; }

    /// <summary>
    /// Scores by name, such as <c>live</c>, <c>averaged</c> and <c>test_averaged</c>; NaN where the metric is not
    /// defined.
    /// </summary>
    public IReadOnlyDictionary<string, double> Scores { get; init; } = new Dictionary<string, double>();

    /// <summary>Keys and values in a fixed order; what is not known is left out.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToMetadata()
    {
        string version = typeof(Provenance).Assembly.GetName().Version!.ToString(3);
        (string Key, string? Value)[] entries =
        [
            ("version", version),
            ("method", Method),
            ("task", Task.ConfigName),
            ("metric", Metric),
            ("scores", ScoresJson()),
            ("seed", Seed.ToString(CultureInfo.InvariantCulture)),
            ("base_model", BaseModel),
            ("averaged_steps", AveragedSteps?.ToString()),
            ("formula", Formula),
            ("ingredients", Ingredients is null ? null : JsonSerializer.Serialize(Ingredients, RunJson.Options)),
        ];
        return [.. entries.Where(e => e.Value is not null)
            .Select(e => KeyValuePair.Create("orttrainer." + e.Key, e.Value!))];
    }

    // Sorted by name: the same scores give the same bytes whatever order they were collected in. JSON has no NaN,
    // which stands for
    // a metric that is not defined, as a correlation with constant predictions.
    private string ScoresJson() => JsonSerializer.Serialize(new SortedDictionary<string, double?>(
        Scores.ToDictionary(s => s.Key, s => double.IsFinite(s.Value) ? s.Value : (double?)null),
        StringComparer.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
