using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>
/// Does a run in this process: from the start, or from its last checkpoint if an earlier attempt was interrupted.
/// </summary>
/// <param name="until">
/// The step at which it pauses, once it is evaluated, with a checkpoint; null to run to its end.
/// </param>
internal sealed class InProcessWorker(long? until = null) : IStudyWorker
{
    // A worker whose study was killed stops after its current step; more than this is another study.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task RunAsync(FineTuneOptions options, Action<WorkerLine> tell, CancellationToken cancellation)
    {
        StudyRunFolder folder = new(options.Output);
        Directory.CreateDirectory(Path.GetDirectoryName(options.Output)!);
        await using FileStream held = await TakeAsync(folder, cancellation);
        if (folder.IsDone)
        {
            return;
        }

        using CancellationTokenSource pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        PausingProgress events = new(new WorkerProgress(tell), until, pause);
        try
        {
            await RunAsync(folder, options, events, pause.Token);
        }
        catch (OperationCanceledException) when (events.HasPaused && !cancellation.IsCancellationRequested)
        {
            // As was asked for: the checkpoint is written.
        }
    }

    private static async Task RunAsync(
        StudyRunFolder folder, FineTuneOptions options, IProgress<RunEvent> events, CancellationToken cancellation)
    {
        if (folder.IsBegun)
        {
            RequireSame(folder, options);
            await FineTuner.ResumeAsync(options.Output, events, cancellation);
        }
        else
        {
            folder.ClearTraces();
            cancellation.ThrowIfCancellationRequested();
            await FineTuner.RunAsync(options, events, cancellation);
        }
    }

    /// <summary>Refuses to go on with a run whose options have changed since it began.</summary>
    /// <exception cref="StudyException">They have.</exception>
    public static void RequireSame(StudyRunFolder folder, FineTuneOptions options)
    {
        if (OptionsDifference.Of(options, folder.ReadOptions()) is { Count: > 0 } differences)
        {
            throw new StudyException($"{folder.Path}: the study file has changed since this run began: " +
                $"{string.Join("; ", differences)}. Restore it, or choose another --out.");
        }
    }

    private static async Task<FileStream> TakeAsync(StudyRunFolder folder, CancellationToken cancellation)
    {
        for (DateTime end = DateTime.UtcNow + Patience; ; await Task.Delay(100, cancellation))
        {
            if (HeldFile.TryTake(folder.LockFile) is { } held)
            {
                return held;
            }

            if (DateTime.UtcNow > end)
            {
                throw new StudyException($"{folder.Path}: another worker has been writing to this run for " +
                    $"{Patience.TotalSeconds:0} seconds. End it, or wait for it, and start the study again.")
                {
                    MayPass = true,
                };
            }
        }
    }
}
