using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrtTrainer.Tests.Runs;

/// <summary>The lines of a run's metrics.jsonl.</summary>
internal static class RunLines
{
    public static JsonObject[] Of(TinyTask tiny, string output) =>
    [
        .. File.ReadLines(Path.Combine(tiny.Output(output), "run", "metrics.jsonl"))
            .Select(line => JsonSerializer.Deserialize<JsonObject>(line)!),
    ];

    /// <summary>The lines without what differs between two equal runs.</summary>
    public static string[] Untimed(TinyTask tiny, string output) =>
    [
        .. Of(tiny, output).Select(line =>
        {
            line.Remove("seconds");
            return line.ToJsonString();
        }),
    ];
}
