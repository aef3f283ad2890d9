using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using OrtTrainer.Models;
using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>A hash over what decides the bits of a run: options, parameters' layout, and the training data as tokens.</summary>
internal static class RunFingerprint
{
    public static string Of(FineTuneOptions options, ParameterLayout layout, RunData data)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // Neither where the output lies nor how long it may take changes a step.
        FineTuneOptions deciding = options with { Output = "", MaxSeconds = null, CheckpointSeconds = 0 };
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(deciding, RunJson.Options));
        foreach (ParameterSpec parameter in layout.Parameters)
        {
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(parameter, RunJson.Options));
        }

        foreach (TokenizedExample example in data.Train.Examples)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>(example.InputIds));
            hash.AppendData(MemoryMarshal.AsBytes<int>(example.TokenTypeIds));
            hash.AppendData(MemoryMarshal.AsBytes<float>(example.Targets));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
