using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Generation;

namespace OrtTrainer.Cli.Commands;

/// <summary>A text that a model wrote, as a line of JSON.</summary>
internal static class WrittenLine
{
    private static readonly JsonSerializerOptions Format = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="prompt">What it was written behind, or made of.</param>
    /// <param name="text">The text.</param>
    /// <param name="reference">What was to be written; null where that is not known.</param>
    public static string Of(string prompt, GeneratedText text, string? reference = null)
    {
        JsonObject line = new() { ["prompt"] = prompt, ["text"] = text.Text };
        if (reference is not null)
        {
            line["reference"] = reference;
        }

        line["tokens"] = text.Ids.Count;
        line["end"] = OptionWords.Of(text.End);
        return line.ToJsonString(Format);
    }
}
