using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Randomness;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Runs;

/// <summary>A tiny BERT and sentences whose words follow each other, to learn masked tokens of.</summary>
internal static class TinyCorpus
{
    public static IReadOnlyList<string> Words { get; } =
        ["one", "two", "three", "four", "five", "six", "seven", "eight"];

    /// <summary>Writes the model and the corpus.</summary>
    public static void Write(TemporaryFolder folder)
    {
        TinyBert.Write(folder.File("model"), Words);
        SeededRandom random = new(5);
        folder.Write("corpus.txt", string.Concat(Enumerable.Range(0, 400).Select(_ =>
        {
            int first = random.NextInt(Words.Count);
            return string.Join(' ', Enumerable.Range(first, 10).Select(i => Words[i % Words.Count])) + "\n";
        })));
    }

    /// <summary>A run on them.</summary>
    public static FineTuneOptions Options(TemporaryFolder folder, string output, string method) => new()
    {
        Model = folder.File("model"),
        Output = folder.File(output),
        Data = new DataOptions
        {
            Train = folder.File("corpus.txt"),
            Task = MaskedLanguageModelTask.Instance,
            SeparateDocuments = true,
        },
        Method = FineTuneMethod.Parse(method),
        BatchSize = 16,
        LearningRate = 5e-3,
        Dropout = 0,
        MaxLength = 16,
        Threads = 1,
    };
}
