using OrtTrainer.Options;

namespace OrtTrainer.Studies;

/// <summary>Does runs on this machine, several side by side.</summary>
internal sealed class LocalEngine(IStudyWorker worker, int jobs, int threads) : IStudyEngine
{
    public string? Title => null;

    public int Jobs => jobs;

    public int Threads => threads;

    public Task RunAsync(IReadOnlyList<PlannedRun> runs, IRunWatch watch, CancellationToken cancellation)
    {
        ParallelOptions side = new() { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation };
        return Parallel.ForEachAsync(runs, side, async (run, _) =>
        {
            watch.Begun(run);
            try
            {
                FineTuneOptions threaded = run.Options with { Threads = threads };
                await worker.RunAsync(threaded, line => watch.Told(run, line), cancellation);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                watch.Failed(run, failure.Message);
                return;
            }

            watch.Done(run);
        });
    }
}
