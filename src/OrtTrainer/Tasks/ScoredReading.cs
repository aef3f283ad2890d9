using OrtTrainer.Text;

namespace OrtTrainer.Tasks;

/// <summary>What a task reads a file with that a trained model is scored on.</summary>
/// <param name="Options">The file, as <see cref="DataOptions.Train"/>, and how to read it.</param>
/// <param name="Outputs">A name per output of the model.</param>
/// <param name="Tokenizer">The model's tokenizer.</param>
/// <param name="MaxLength">The most tokens per input.</param>
/// <param name="Stride">How many tokens a window shares with the one before; null for the task's own number.</param>
/// <param name="Threads">At most so many threads.</param>
/// <param name="Note">Told what a person should know of the data, such as what is cut; null for nobody.</param>
/// <param name="Cancellation">Stops between two blocks of a file or two examples.</param>
internal sealed record ScoredReading(
    DataOptions Options, IReadOnlyList<string> Outputs, ITextEncoder Tokenizer, int MaxLength, int? Stride,
    int Threads, Action<string>? Note, CancellationToken Cancellation);
