using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrtTrainer.Common;

/// <summary>
/// Writes a score that is not defined (NaN: a correlation with constant predictions, say) as null, for JSON has no NaN.
/// </summary>
internal sealed class UndefinedScoreConverter : JsonConverter<double>
{
    public override bool HandleNull => true;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
