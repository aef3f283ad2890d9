using OrtTrainer.Models;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks;

/// <summary>What a task reads the data of a run with.</summary>
/// <param name="Options">The files, and how to read them.</param>
/// <param name="Model">What is trained.</param>
/// <param name="Tokenizer">The model's tokenizer.</param>
/// <param name="MaxLength">The most tokens per input.</param>
/// <param name="Stride">How many tokens a window shares with the one before; null for the task's own number.</param>
/// <param name="Threads">At most so many threads.</param>
/// <param name="Cancellation">Stops between two blocks of a file or two examples.</param>
internal sealed record DataReading(
    DataOptions Options, PretrainedModel Model, ITextEncoder Tokenizer, int MaxLength, int? Stride, int Threads,
    CancellationToken Cancellation);
