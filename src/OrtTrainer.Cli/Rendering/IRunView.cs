using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Shows a run. Events arrive one after another, on the thread that trains.</summary>
internal interface IRunView : IProgress<RunEvent>, IAsyncDisposable
{
    /// <summary>Says how to go on with a run that was interrupted.</summary>
    /// <param name="verb">The command that goes on with it.</param>
    /// <param name="output">The run's output folder; null where nothing was written yet.</param>
    Task InterruptedAsync(string verb, string? output);
}
