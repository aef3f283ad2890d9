using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrtTrainer.Tasks;

/// <summary>A task as its name.</summary>
internal sealed class ModelTaskConverter : JsonConverter<ModelTask>
{
    public override ModelTask Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException(
                $"A task is named by a word, such as {ModelTask.Default.Name}; found a {reader.TokenType}.");
        }

        try
        {
            return ModelTask.Named(reader.GetString()!);
        }
        catch (ArgumentException unknown)
        {
            throw new JsonException(unknown.Message, unknown);
        }
    }

    public override void Write(Utf8JsonWriter writer, ModelTask value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}
