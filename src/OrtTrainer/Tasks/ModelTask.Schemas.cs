using System.Text.Json.Nodes;
using OrtTrainer.Common;

namespace OrtTrainer.Tasks;

/// <summary>What is read and answered as JSON, told to other programs.</summary>
public abstract partial class ModelTask
{
    /// <summary>
    /// An input as JSON Schema: an object as a line of JSON Lines holds it for a prediction; null where that would name
    /// files.
    /// </summary>
    internal virtual JsonObject? InputSchema => JsonSchema.Object(
        "A text, or a pair of texts.", ["text"],
        ("text", JsonSchema.Text("The text.")),
        ("pair", JsonSchema.Text("The second text, for a model of pairs.")));

    /// <summary>The object that <see cref="Write"/> writes, as JSON Schema.</summary>
    /// <param name="labels">The model's labels, in its order.</param>
    internal abstract JsonObject AnswerSchema(IReadOnlyList<string> labels);

    /// <summary>The object that <see cref="WriteScores"/> writes.</summary>
    private protected static JsonObject ScoresSchema(IReadOnlyList<string> labels, string description) =>
        JsonSchema.Object(description, labels,
            [.. labels.Select(label => (label, JsonSchema.Probability($"Of {label}.")))]);
}
