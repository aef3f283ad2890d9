using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrtTrainer.Prediction;
using OrtTrainer.Data;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// Predictions as JSON, one line each: <c>label</c>, its <c>score</c> and <c>scores</c> by label; <c>labels</c> in
/// place of the first two for multi-label models; <c>score</c> alone for a regression.
/// </summary>
/// <param name="task">What the model answers.</param>
/// <param name="labels">The model's labels, in its order.</param>
internal sealed class PredictionLine(TaskKind task, IReadOnlyList<string> labels)
{
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Of(TextPrediction prediction)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Format))
        {
            json.WriteStartObject();
            Write(json, prediction);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Write(Utf8JsonWriter json, TextPrediction prediction)
    {
        if (task == TaskKind.Regression)
        {
            json.WriteNumber("score", prediction.Scores[0]);
            return;
        }

        if (task == TaskKind.MultiLabel)
        {
            json.WriteStartArray("labels");
            foreach (string label in prediction.Labels)
            {
                json.WriteStringValue(label);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteString("label", prediction.Label);
            json.WriteNumber("score", prediction.Scores.Max());
        }

        json.WriteStartObject("scores");
        for (int i = 0; i < labels.Count; i++)
        {
            json.WriteNumber(labels[i], prediction.Scores[i]);
        }

        json.WriteEndObject();
    }
}
