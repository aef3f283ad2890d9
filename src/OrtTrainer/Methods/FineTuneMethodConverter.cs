using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrtTrainer.Methods;

/// <summary>A method as one string in JSON, such as <c>distillation+swa</c>.</summary>
internal sealed class FineTuneMethodConverter : JsonConverter<FineTuneMethod>
{
    public override FineTuneMethod Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("method is no text; expected parts joined by +, such as \"distillation+swa\".");
        }

        try
        {
            return FineTuneMethod.Parse(reader.GetString()!);
        }
        catch (ArgumentException cause)
        {
            throw new JsonException(cause.Message, cause);
        }
    }

    public override void Write(Utf8JsonWriter writer, FineTuneMethod value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
