using OrtTrainer.Options;

namespace OrtTrainer.Distributed;

/// <summary>What the first rank tells the others of the run they are to share.</summary>
/// <param name="Options">The run's options.</param>
/// <param name="Resumes">Whether the run goes on from its checkpoint.</param>
internal sealed record RankedStart(FineTuneOptions Options, bool Resumes);
