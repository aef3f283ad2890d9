using System.Runtime.InteropServices;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Training;

/// <summary>
/// How often every word occurs in a corpus, as normalizer and pre-tokenizer make words. The texts are cut before single
/// blanks between other characters, where no pre-tokenizer of this library's trainers joins anything: each
/// different chunk then goes through the pipeline once.
/// </summary>
internal static class WordCounts
{
    /// <summary>The words with their counts, in the order of their UTF-16 units.</summary>
    /// <param name="corpus">The texts; every line is a text.</param>
    /// <param name="normalizer">Rewrites texts; null for nothing.</param>
    /// <param name="preTokenizer">Cuts them into words.</param>
    /// <param name="threads">Threads, which make no difference to the counts.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    public static IReadOnlyList<(string Word, long Count)> Of(
        TextCorpus corpus, Normalizer? normalizer, PreTokenizer preTokenizer, int threads,
        CancellationToken cancellation)
    {
        KeyValuePair<string, long>[] chunks = [.. Chunks(corpus, threads, cancellation)];
        Dictionary<string, long> words = Merge(chunks.AsParallel().WithDegreeOfParallelism(threads)
            .WithCancellation(cancellation)
            .Aggregate(
                () => new Dictionary<string, long>(StringComparer.Ordinal),
                (counts, chunk) =>
                {
                    foreach (string word in Words(chunk.Key, normalizer, preTokenizer))
                    {
                        CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _) += chunk.Value;
                    }

                    return counts;
                },
                (left, right) => Merge(left, right),
                counts => counts));
        return [.. words.OrderBy(word => word.Key, StringComparer.Ordinal).Select(word => (word.Key, word.Value))];
    }

    /// <summary>The words of a text.</summary>
    public static IEnumerable<string> Words(string text, Normalizer? normalizer, PreTokenizer preTokenizer)
    {
        NormalizedText normalized = new(text);
        normalizer?.Normalize(normalized);
        PreTokenizedText pieces = new();
        pieces.Add(normalized);
        preTokenizer.Apply(pieces);
        return pieces.Pieces.Select(piece => piece.Text.ToString());
    }

    private static Dictionary<string, long> Chunks(TextCorpus corpus, int threads, CancellationToken cancellation)
    {
        Dictionary<string, long> all = new(StringComparer.Ordinal);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        try
        {
            Parallel.ForEach(
                corpus.Blocks(cancellation), parallel,
                () => new Dictionary<string, long>(StringComparer.Ordinal),
                (block, _, counts) =>
                {
                    Count(block, counts);
                    return counts;
                },
                counts =>
                {
                    lock (all)
                    {
                        Merge(all, counts);
                    }
                });
        }
        catch (AggregateException exception) when (exception.InnerExceptions is [var only])
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(only);
        }

        return all;
    }

    private static void Count(string block, Dictionary<string, long> counts)
    {
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> bySpan =
            counts.GetAlternateLookup<ReadOnlySpan<char>>();
        ReadOnlySpan<char> text = block;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            bool atEnd = i == text.Length || text[i] == '\n';
            if (!atEnd && !(text[i] == ' ' && i > start && i + 1 < text.Length && !char.IsWhiteSpace(text[i - 1])
                && !char.IsWhiteSpace(text[i + 1])))
            {
                continue;
            }

            ReadOnlySpan<char> chunk = text[start..i];
            chunk = atEnd && chunk is [.., '\r'] ? chunk[..^1] : chunk;
            if (!chunk.IsEmpty)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(bySpan, chunk, out _)++;
            }

            start = atEnd ? i + 1 : i;
        }
    }

    private static Dictionary<string, long> Merge(Dictionary<string, long> all, Dictionary<string, long>? more = null)
    {
        foreach ((string key, long count) in more ?? [])
        {
            CollectionsMarshal.GetValueRefOrAddDefault(all, key, out _) += count;
        }

        return all;
    }
}
