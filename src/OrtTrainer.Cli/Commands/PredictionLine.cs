using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// Predictions as JSON, one line each, as the task writes them: <c>label</c>, its <c>score</c> and <c>scores</c> by
/// label of a classifier, say.
/// </summary>
/// <param name="task">What the model answers.</param>
/// <param name="labels">The model's labels, in its order.</param>
internal sealed class PredictionLine(ModelTask task, IReadOnlyList<string> labels)
{
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Of(TextPrediction prediction)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Format))
        {
            json.WriteStartObject();
            task.Write(json, prediction, labels);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
