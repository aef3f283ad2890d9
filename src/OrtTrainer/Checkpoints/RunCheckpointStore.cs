using System.Diagnostics.CodeAnalysis;
using OrtTrainer.Common;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// The latest checkpoint of a run and the one before it, in the run's folder. At any moment, a crash during saving
/// included, at least one complete checkpoint is there once the first was saved. Peak disk use is three checkpoints.
/// </summary>
internal sealed class RunCheckpointStore
{
    public const string LatestName = "checkpoint.safetensors";
    public const string PreviousName = "checkpoint.previous.safetensors";

    private bool _latestIsDamaged;

    /// <param name="folder">The run's folder; it is created on the first save.</param>
    public RunCheckpointStore(string folder)
    {
        Folder = Path.GetFullPath(folder);
        LatestPath = Path.Combine(Folder, LatestName);
        PreviousPath = Path.Combine(Folder, PreviousName);
    }

    public string Folder { get; }

    public string LatestPath { get; }

    public string PreviousPath { get; }

    /// <summary>Writes a new latest checkpoint; what was the latest becomes the previous one.</summary>
    /// <inheritdoc cref="RunCheckpointFile.Write(string, IReadOnlyDictionary{string, string}, IEnumerable{TensorData})"
    /// path="/exception"/>
    public void Save(IReadOnlyDictionary<string, string> state, IEnumerable<TensorData> tensors)
    {
        CreateFolder();

        // A damaged latest file must not push out the good previous one.
        RunCheckpointFile.Write(LatestPath, _latestIsDamaged ? null : PreviousPath, state, tensors);
        _latestIsDamaged = false;
    }

    /// <summary>Opens the latest checkpoint, or the previous one where the latest is missing or damaged.</summary>
    /// <param name="checkpoint">To be disposed by the caller; null where nothing was ever saved here.</param>
    /// <param name="warning">Why the previous one was taken, for the user; null where the latest was.</param>
    /// <exception cref="CheckpointException">There are checkpoints, and none of them can be used.</exception>
    public bool TryLoadLatest([NotNullWhen(true)] out RunCheckpointFile? checkpoint, out string? warning)
    {
        checkpoint = null;
        warning = null;
        if (!File.Exists(LatestPath) && !File.Exists(PreviousPath))
        {
            return false;
        }

        try
        {
            checkpoint = RunCheckpointFile.Read(LatestPath);
            return true;
        }
        catch (CheckpointException latest)
        {
            _latestIsDamaged = File.Exists(LatestPath);
            if (!File.Exists(PreviousPath))
            {
                throw;
            }

            checkpoint = ReadPrevious(latest);
            warning = $"Going on from {PreviousPath}, because the latest checkpoint cannot be used. {latest.Message}";
            return true;
        }
    }

    private RunCheckpointFile ReadPrevious(CheckpointException latest)
    {
        try
        {
            return RunCheckpointFile.Read(PreviousPath);
        }
        catch (CheckpointException previous)
        {
            throw new CheckpointException(
                Folder, null, $"two damaged checkpoints ({latest.Message} {previous.Message})", "one that is complete",
                "Restore a copy of the folder, or start the run again in a new one.", previous);
        }
    }

    private void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FileWriteException(LatestPath, e.Message, "Check the folder and its rights.", e);
        }
    }
}
