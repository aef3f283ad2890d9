using System.Text.Json;
using OrtTrainer.Packs;
using OrtTrainer.Training;

namespace OrtTrainer.Edge;

/// <summary>What the program prints: a line of JSON per step, and one at the end.</summary>
internal static class EdgeLines
{
    /// <summary>A step.</summary>
    public static void Write(StepReport step) => Write(json =>
    {
        json.WriteNumber("step", step.Step);
        json.WriteNumber("loss", step.Loss);
        json.WriteNumber("norm", step.GradientNorm);
        json.WriteNumber("rate", step.LearningRate);
        json.WriteNumber("tokens", step.Tokens);
    });

    /// <summary>The end.</summary>
    public static void Write(PackOutcome outcome) => Write(json =>
    {
        json.WriteNumber("steps", outcome.Steps);
        if (outcome.ResumedAt > 0)
        {
            json.WriteNumber("resumed_at", outcome.ResumedAt);
        }

        if (outcome.Stopped is { } limit)
        {
            json.WriteString("stopped", limit);
            json.WriteNumber("of_steps", outcome.Of);
            json.WriteString("kept", outcome.Averaged > 0 ? "the averaged weights" : "the last weights");
        }

        if (outcome.Accuracy is { } accuracy)
        {
            json.WriteNumber("accuracy", accuracy);
        }

        if (outcome.AveragedAccuracy is { } averaged)
        {
            json.WriteNumber("averaged_accuracy", averaged);
        }

        json.WriteNumber("averaged", outcome.Averaged);
        json.WriteNumber("peak_mb", System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 / 1e6);
    });

    private static void Write(Action<Utf8JsonWriter> fill)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            fill(json);
            json.WriteEndObject();
        }

        Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(line.ToArray()));
    }
}
