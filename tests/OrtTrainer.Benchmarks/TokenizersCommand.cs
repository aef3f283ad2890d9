using Microsoft.ML.Tokenizers;
using OrtTrainer.Cli;
using Tokenizer = Microsoft.ML.Tokenizers.Tokenizer;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// <c>tokenizers</c>: the speed of BERT's tokenizer, ours and that of Microsoft.ML.Tokenizers, in processor time.
/// </summary>
internal static class TokenizersCommand
{
    private const int Passes = 5;
    private const double PassSeconds = 0.5;

    public static Task<int> RunAsync(TokenizersArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        string[] texts = File.ReadAllLines(arguments.Text);
        Tokenizer ours = OrtTrainer.Text.Tokenizer.FromVocabTxt(arguments.VocabularyFile);
        Tokenizer theirs =
            BertTokenizer.Create(arguments.VocabularyFile, new BertOptions { RemoveNonSpacingMarks = true });
        (double ourRate, double theirRate) = (0, 0);

        // In turns, so that whatever else the machine does falls on both; the first pass fills caches.
        for (int pass = 0; pass <= Passes; pass++)
        {
            ourRate = Math.Max(ourRate, Rate(ours, texts, interruption));
            theirRate = Math.Max(theirRate, Rate(theirs, texts, interruption));
        }

        terminal.WriteLines([Line("OrtTrainer.Text", ourRate), Line("BertTokenizer", theirRate)]);
        return Task.FromResult(ExitCode.Done);
    }

    private static double Rate(Tokenizer tokenizer, string[] texts, CancellationToken interruption)
    {
        TimeSpan started = Environment.CpuUsage.TotalTime;
        double seconds;
        long tokens = 0;
        do
        {
            interruption.ThrowIfCancellationRequested();
            tokens += texts.Sum(text => (long)tokenizer.EncodeToIds(text).Count);
            seconds = (Environment.CpuUsage.TotalTime - started).TotalSeconds;
        }
        while (seconds < PassSeconds);

        return tokens / seconds;
    }

    private static string Line(string name, double rate) => FormattableString.Invariant(
        $"{name,-16}{rate / 1e6,8:f2} million tokens per second of processor time");
}
