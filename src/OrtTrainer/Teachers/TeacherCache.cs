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
    /// <param name="form">How the values are kept; they are given as they are read back from it.</param>
    /// <param name="compute">Gives the values and what they cost.</param>
    /// <param name="cancellation">Ends waiting for another process.</param>
    /// <exception cref="RunException">The folder cannot be written.</exception>
    public CacheEntry Obtain(
        TeacherKey key, TableForm form, Func<(float[] Values, TeacherCost Cost)> compute,
        CancellationToken cancellation)
    {
        string file = Path.Combine(folder, $"{key.Hash}.safetensors");
        if (Read(file, key, form, out _) is { } kept)
        {
            return kept;
        }

        using IDisposable held = Lock(Path.Combine(folder, $"{key.Hash}.lock"), cancellation);
        if (Read(file, key, form, out string? damage) is { } computedElsewhere)
        {
            return computedElsewhere;
        }

        if (damage is not null)
        {
            Note($"What was kept of the teacher cannot be used and is computed again: {damage}");
        }

        (float[] values, TeacherCost cost) = compute();
        bool isKept = Write(file, key, form.Write(key.Kind, values), cost);
        return new(form.Kept(values), cost, IsCached: false, isKept ? file : null);
    }

    /// <summary>The entry in a file; null where there is none, or none that can be trusted.</summary>
    private static CacheEntry? Read(string file, TeacherKey key, TableForm form, out string? damage)
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

            float[] values = form.Read(key.Kind, content.Tensors);
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
    private bool Write(string file, TeacherKey key, IReadOnlyList<TensorData> tensors, TeacherCost cost)
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
                tensors);
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
