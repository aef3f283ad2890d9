using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrtTrainer.Common;

/// <summary>The same of float32, such as the loss of a step that overflowed: null, for JSON has neither NaN nor
/// infinity.</summary>
/// <seealso cref="UndefinedScoreConverter"/>
internal sealed class UndefinedNumberConverter : JsonConverter<float>
{
    public override bool HandleNull => true;

    public override float Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? float.NaN : reader.GetSingle();

    public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options)
    {
        if (float.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
