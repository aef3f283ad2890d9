using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;

namespace OrtTrainer.Teachers;

/// <summary>
/// What teachers gave, on disk: a file per <see cref="TeacherKey"/>, with a checksum over all of it. Files are written
/// atomically, and of several processes that ask for the same one computes, so that a killed one leaves nothing that
/// is trusted and holds up nobody.
/// </summary>
/// <param name="folder">The folder; made where it is missing.</param>
/// <param name="events">Told of waiting and of files that could not be used; null for nobody.</param>
internal sealed class TeacherCache(string folder, IProgress<TeacherEvent>? events)
{
    private const string KeyName = "key";
    private const string CostName = "cost";

    /// <summary>The values for a key, computed where they are not kept.</summary>
    /// <param name="key">Decides the values.</param>
    /// <param name="shape">The shape of the values.</param>
    /// <param name="compute">Gives the values and what they cost.</param>
    /// <param name="cancellation">Ends waiting for another process.</param>
    /// <exception cref="RunException">The folder cannot be written.</exception>
    public CacheEntry Obtain(
        TeacherKey key, long[] shape, Func<(float[] Values, TeacherCost Cost)> compute, CancellationToken cancellation)
    {
        string file = Path.Combine(folder, $"{key.Hash}.safetensors");
        if (Read(file, key, shape, out _) is { } kept)
        {
            return kept;
        }

        using IDisposable held = Lock(Path.Combine(folder, $"{key.Hash}.lock"), cancellation);
        if (Read(file, key, shape, out string? damage) is { } computedElsewhere)
        {
            return computedElsewhere;
        }

        if (damage is not null)
        {
            Note($"What was kept of the teacher cannot be used and is computed again: {damage}");
        }

        (float[] values, TeacherCost cost) = compute();
        return new(values, cost, IsCached: false, Write(file, key, shape, values, cost) ? file : null);
    }

    /// <summary>The entry in a file; null where there is none, or none that can be trusted.</summary>
    private static CacheEntry? Read(string file, TeacherKey key, long[] shape, out string? damage)
    {
        damage = null;
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            using RunCheckpointFile content = RunCheckpointFile.Read(file);
            if (content.State.GetValueOrDefault(KeyName) != key.Text)
            {
                damage = $"{file}: belongs to another teacher, other texts or other settings.";
                return null;
            }

            TensorInfo info = content.Tensors.Require(key.Kind, shape);
            float[] values = new float[info.ElementCount];
            content.Tensors.ReadFloats(key.Kind, values);
            TeacherCost cost = JsonSerializer.Deserialize<TeacherCost>(content.State[CostName], RunJson.Options)!;
            return new(values, cost, IsCached: true, file);
        }
        catch (Exception cause) when (cause is CheckpointException or JsonException or KeyNotFoundException)
        {
            damage = cause.Message;
            return null;
        }
    }

    // Values that cannot be kept are no reason to lose them now.
    private bool Write(string file, TeacherKey key, long[] shape, float[] values, TeacherCost cost)
    {
        try
        {
            RunCheckpointFile.Write(
                file,
                new Dictionary<string, string>
                {
                    [KeyName] = key.Text,
                    [CostName] = JsonSerializer.Serialize(cost, RunJson.Options),
                },
                [TensorData.Floats(key.Kind, shape, values)]);
            return true;
        }
        catch (FileWriteException failure)
        {
            Note($"What the teacher gave is used but not kept for the next run: {failure.Message}");
            return false;
        }
    }

    private IDisposable Lock(string path, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return CacheLock.Take(
                path,
                () => Note("Another process runs this teacher over these data; waiting for what it gives."),
                cancellation);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{folder}: what the teacher gives cannot be kept there: {cause.Message} Give " +
                "another folder for it.", cause);
        }
    }

    private void Note(string message) => events?.Report(new TeacherEvent.Noted(message));
}
