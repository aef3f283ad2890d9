using System.Globalization;
using Microsoft.ML.Tokenizers;
using Tokenizer = OrtTrainer.Text.Tokenizer;

namespace OrtTrainer.Tests.Text;

/// <summary>The figures of speed in docs/tokenizers.md.</summary>
public sealed class TokenizerSpeed
{
    private const int Passes = 5;

    [Test]
    [Explicit("It measures processor time.")]
    public void Texts_per_second_of_both_tokenizers_on_one_thread()
    {
        string vocabulary = SharedFiles.SharedPath("tokenizers", "bert-base-uncased", "vocab.txt");
        string[] texts = File.ReadAllLines(SharedFiles.SharedPath("data", "rte", "train.tsv"));
        Microsoft.ML.Tokenizers.Tokenizer ours = Tokenizer.FromVocabTxt(vocabulary);
        Microsoft.ML.Tokenizers.Tokenizer theirs =
            BertTokenizer.Create(vocabulary, new BertOptions { RemoveNonSpacingMarks = true });
        (double ourRate, double theirRate) = (0, 0);

        // In turns, so that whatever else the machine does falls on both; the first pass fills caches.
        for (int pass = 0; pass <= Passes; pass++)
        {
            ourRate = Math.Max(ourRate, Rate(ours, texts));
            theirRate = Math.Max(theirRate, Rate(theirs, texts));
        }

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ours {ourRate / 1e6:f2} million tokens a second, BertTokenizer {theirRate / 1e6:f2}"));
        Assert.That(Count(ours, texts), Is.EqualTo(Count(theirs, texts)).Within(5).Percent);
    }

    private static double Rate(Microsoft.ML.Tokenizers.Tokenizer tokenizer, string[] texts)
    {
        // Long enough for the clock of processor time, which is coarse.
        TimeSpan started = Environment.CpuUsage.TotalTime;
        long tokens = Enumerable.Range(0, 20).Sum(_ => Count(tokenizer, texts));
        return tokens / (Environment.CpuUsage.TotalTime - started).TotalSeconds;
    }

    private static long Count(Microsoft.ML.Tokenizers.Tokenizer tokenizer, string[] texts) =>
        texts.Sum(text => (long)tokenizer.EncodeToIds(text).Count);
}
