using OrtTrainer.Options;

namespace OrtTrainer.Studies;

/// <summary>Does runs of a study, here or in a process of their own.</summary>
internal interface IStudyWorker
{
    /// <summary>Does a run from the start, or from its last checkpoint.</summary>
    /// <param name="options">The run's options, threads included.</param>
    /// <param name="tell">Told of progress, on any thread.</param>
    /// <param name="cancellation">Ends the run after its current step, with a checkpoint.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="Exception">It failed; the message says why.</exception>
    Task RunAsync(FineTuneOptions options, Action<WorkerLine> tell, CancellationToken cancellation);
}
