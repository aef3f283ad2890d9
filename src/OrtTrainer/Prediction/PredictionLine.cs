using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrtTrainer.Tasks;

namespace OrtTrainer.Prediction;

/// <summary>
/// Predictions as JSON, one line each, as the task writes them: <c>label</c>, its <c>score</c> and <c>scores</c> by
/// label of a classifier, say.
/// </summary>
/// <param name="task">What the model answers.</param>
/// <param name="labels">The model's labels, in its order.</param>
internal sealed class PredictionLine(ModelTask task, IReadOnlyList<string> labels)
{
    /// <summary>Letters of any language stay as they are.</summary>
    public static JsonWriterOptions Format { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Of(TextPrediction prediction)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Format))
        {
            Write(json, prediction);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a prediction as a JSON object.</summary>
    /// <param name="json">Where a value is to come; made with <see cref="Format"/>.</param>
    /// <param name="prediction">What was decoded.</param>
    public void Write(Utf8JsonWriter json, TextPrediction prediction)
    {
        json.WriteStartObject();
        task.Write(json, prediction, labels);
        json.WriteEndObject();
    }
}
