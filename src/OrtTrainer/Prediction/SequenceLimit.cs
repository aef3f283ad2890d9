using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;

namespace OrtTrainer.Prediction;

/// <summary>
/// The longest input of a model: what was asked for, or the tokenizer's own limit, as far as the model has positions.
/// An exported graph may be of an architecture that is unknown here; its configuration's word is taken then.
/// </summary>
internal static class SequenceLimit
{
    // Where transformers and sentence-transformers keep it; the smaller counts where both do.
    private static readonly (string File, string Field)[] Places =
        [("tokenizer_config.json", "model_max_length"), ("sentence_bert_config.json", "max_seq_length")];

    /// <exception cref="RunException">
    /// More was asked for than the model has positions for, or the tokenizer's settings are malformed.
    /// </exception>
    public static int Of(string folder, ModelConfig config, int? asked)
    {
        int positions = Architecture.PositionsOf(config) ?? int.MaxValue;
        if (asked > positions)
        {
            throw new RunException(
                $"{config.Path}: the model has positions for {positions} tokens; a limit of {asked} was asked " +
                "for. Ask for less.");
        }

        return asked ?? (int)Math.Min(
            positions, Places.Min(place => OwnLimit(Path.Combine(folder, place.File), place.Field)) ?? positions);
    }

    private static double? OwnLimit(string path, string field)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using JsonDocument settings = JsonDocument.Parse(File.ReadAllBytes(path));
            return settings.RootElement.TryGetProperty(field, out JsonElement limit)
                && limit.ValueKind == JsonValueKind.Number
                && limit.TryGetDouble(out double length) && length >= 1
                ? length
                : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw new RunException($"{path}: a JSON object was expected. Download or write the file again.",
                malformed);
        }
    }
}
