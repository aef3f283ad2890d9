using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>What steps with a scaled loss have more in their lines of JSON.</summary>
internal static class ScaledStep
{
    /// <summary>The line of a step.</summary>
    /// <param name="line">All that steps have.</param>
    /// <param name="report">The step.</param>
    public static JsonNode Line<T>(T line, StepReport report)
    {
        JsonObject written = JsonSerializer.SerializeToNode(line, RunJson.Options)!.AsObject();
        if (report.LossScale is { } scale)
        {
            written["loss_scale"] = scale;
            written["skipped"] = report.IsSkipped;
        }

        return written;
    }
}
