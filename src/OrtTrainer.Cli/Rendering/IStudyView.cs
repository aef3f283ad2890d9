using OrtTrainer.Studies;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Shows a study. Events arrive one after another, on several threads.</summary>
internal interface IStudyView : IProgress<StudyEvent>, IAsyncDisposable
{
    /// <summary>Shows what came out.</summary>
    /// <param name="results">All runs.</param>
    /// <param name="folder">Full path of the study's folder.</param>
    Task FinishedAsync(StudyResults results, string folder);

    /// <summary>Says how to go on with a study that was interrupted.</summary>
    /// <param name="command">The command line.</param>
    Task InterruptedAsync(string command);
}
