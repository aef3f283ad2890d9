using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Runs;

/// <summary>A hash over what decides the bits of a run: options, parameters' layout, all data as tokens, and weights
/// that checkpoints lack.</summary>
internal static class RunFingerprint
{
    // What is written about a run beside its model.
    private static readonly string[] NotDeciding = ["report", "log_to", "mlflow_experiment"];

    public static string Of(
        FineTuneOptions options, ParameterLayout layout, RunData data, TeacherKnowledge? teacher,
        AdaptedWeights? adapted)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // Neither where the output lies nor how long it may take, how much memory or how many threads change a step.
        // Nor does what is fitted to the weights in the end. Where it runs does, by rounding: a run that was begun on
        // one device may go on on another.
        FineTuneOptions deciding = options with
        {
            Output = "-", MaxSeconds = null, CheckpointSeconds = 0, Recompute = false, Threads = null, Device = null,
            CudaGraphs = RecordingMode.Off, Calibrate = false, TuneThresholds = false,
            Teacher = options.Teacher is { } given ? given with { Device = Device.Default.Name } : null,
        };
        JsonObject told = deciding.ToJson();
        foreach (string name in NotDeciding)
        {
            told.Remove(name);
        }

        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(told, RunJson.Options));
        foreach (ParameterSpec parameter in layout.Parameters)
        {
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(parameter, RunJson.Options));
        }

        foreach (EncodedDataset part in data.Parts)
        {
            Append<int>(hash, [part.Inputs.Count]);
            for (int i = 0; i < part.Inputs.Count; i++)
            {
                TokenizedExample example = part.Inputs[i];
                int rows = part.Targets.FirstRow(i + 1) - part.Targets.FirstRow(i);
                float[] targets = new float[rows * part.Targets.Outputs];
                for (int row = 0; row < rows; row++)
                {
                    Span<float> values = targets.AsSpan(row * part.Targets.Outputs, part.Targets.Outputs);
                    part.Targets.Write(part.Targets.FirstRow(i) + row, values);
                }

                // The lengths first, so that a token cannot move from one text to the next unseen.
                Append<int>(hash, [example.InputIds.Length, targets.Length]);
                Append<int>(hash, example.InputIds);
                Append<int>(hash, example.TokenTypeIds);
                if (example.DecoderIds is { } decoded)
                {
                    Append<int>(hash, [decoded.Length]);
                    Append<int>(hash, decoded);
                }

                Append<float>(hash, targets);
                hash.AppendData(example.Image is { } image ? image.Content : []);
            }
        }

        Append<double>(hash, data.Train.SampleWeights ?? []);
        Append<float>(hash, data.Train.LossWeights(null) ?? []);
        teacher?.AppendTo(hash);
        adapted?.AppendTo(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append<T>(IncrementalHash hash, ReadOnlySpan<T> values)
        where T : unmanaged => hash.AppendData(MemoryMarshal.AsBytes(values));
}
