using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Randomness;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.MaskedLanguageModel;

/// <summary>
/// From the documents of a corpus to examples: read block by block, tokenized on several threads, and cut into examples
/// in the order of the corpus, whatever the number of threads.
/// </summary>
internal sealed class CorpusExamples
{
    private const int DocumentsAtOnce = 4096;

    private readonly MaskingOptions _options;
    private readonly Tokenizer _tokenizer;
    private readonly int _threads;
    private readonly CancellationToken _cancellation;
    private readonly int _room;
    private readonly int[] _before;
    private readonly int[] _after;

    /// <param name="options">What is a document, and what is an example.</param>
    /// <param name="tokenizer">Makes tokens of the texts.</param>
    /// <param name="maxLength">The most tokens of an example.</param>
    /// <param name="threads">At most so many threads.</param>
    /// <param name="cancellation">Stops between two blocks of a file.</param>
    /// <exception cref="RunException">The greatest length leaves no room for text.</exception>
    public CorpusExamples(
        MaskingOptions options, Tokenizer tokenizer, int maxLength, int threads, CancellationToken cancellation)
    {
        (_options, _tokenizer, _threads, _cancellation) = (options, tokenizer, threads, cancellation);
        (_before, _after) = Around(tokenizer);
        _room = maxLength - _before.Length - _after.Length;
        if (_room < 1)
        {
            throw new RunException($"{maxLength} tokens leave no room for text: {_before.Length + _after.Length} "
                + "of them are special ones. Allow more tokens (--max-length).");
        }
    }

    /// <summary>All documents of a file or folder as examples.</summary>
    /// <exception cref="DataFileException">There is no text in it.</exception>
    public TokenBlocks All(string path)
    {
        using Part all = new(this);
        foreach (int[] document in Documents(path))
        {
            all.Add(document);
        }

        return all.Count > 0
            ? all.Build()
            : throw new DataFileException(path, null, "there is no text in it; expected plain text in UTF-8.");
    }

    /// <summary>The documents of a file or folder as examples, a share of them, drawn one by one, held out.</summary>
    /// <exception cref="DataFileException">One of the two parts has no text.</exception>
    public (TokenBlocks Kept, TokenBlocks HeldOut) Split(string path, double heldOutShare, ulong seed)
    {
        SeededRandom random = SeededRandom.For(seed, "documents held out");
        using Part kept = new(this);
        using Part heldOut = new(this);
        foreach (int[] document in Documents(path))
        {
            (random.NextDouble() < heldOutShare ? heldOut : kept).Add(document);
        }

        if (kept.Count == 0 || heldOut.Count == 0)
        {
            throw new DataFileException(path, null, FormattableString.Invariant(
                $"of its documents, {heldOutShare:0.###} of which are held out to score on, {kept.Count} are to learn ")
                + FormattableString.Invariant($"from and {heldOut.Count} to score on; expected some for both. Give ")
                + "more texts, hold out more (--eval-fraction), or give a file of its own to score on (--eval).");
        }

        TokenBlocks first = kept.Build();
        try
        {
            return (first, heldOut.Build());
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <summary>The documents as ids without special tokens, in the order of the corpus; none is empty.</summary>
    private IEnumerable<int[]> Documents(string path)
    {
        IEnumerable<string> lines = CorpusLines.Of(path, _cancellation);
        IEnumerable<string> documents = _options.BlankLines ? Paragraphs(lines) : lines;
        EncodeOptions plain = new() { AddSpecialTokens = false };
        foreach (string[] some in documents.Where(text => !string.IsNullOrWhiteSpace(text)).Chunk(DocumentsAtOnce))
        {
            _cancellation.ThrowIfCancellationRequested();
            foreach (TokenIds ids in _tokenizer.EncodeBatch(
                [.. some.Select(text => (text, (string?)null))], plain, _threads))
            {
                if (ids.Ids.Length > 0)
                {
                    yield return ids.Ids;
                }
            }
        }
    }

    private static IEnumerable<string> Paragraphs(IEnumerable<string> lines)
    {
        List<string> paragraph = [];
        foreach (string line in lines.Append(""))
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                paragraph.Add(line);
            }
            else if (paragraph.Count > 0)
            {
                yield return string.Join('\n', paragraph);
                paragraph.Clear();
            }
        }
    }

    /// <summary>The special tokens before and after a text.</summary>
    private static (int[] Before, int[] After) Around(Tokenizer tokenizer)
    {
        int[] text = tokenizer.EncodeIds("a", null, new EncodeOptions { AddSpecialTokens = false }).Ids;
        int[] whole = tokenizer.EncodeIds("a").Ids;
        int start = whole.AsSpan().IndexOf(text);
        return (whole[..start], whole[(start + text.Length)..]);
    }

    /// <summary>Cuts documents into examples.</summary>
    private sealed class Part(CorpusExamples corpus) : IDisposable
    {
        private readonly TokenBlocks.Builder _blocks = new();
        private readonly List<int> _rest = [];

        /// <summary>Documents so far.</summary>
        public int Count { get; private set; }

        public void Add(int[] document)
        {
            Count++;
            if (corpus._options.Separate)
            {
                Write(document.AsSpan(0, Math.Min(document.Length, corpus._room)));
                return;
            }

            if (_rest.Count > 0)
            {
                // What ends a text ends a document within an example too.
                _rest.AddRange(corpus._after);
            }

            _rest.AddRange(document);
            int done = 0;
            for (; _rest.Count - done >= corpus._room; done += corpus._room)
            {
                Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rest).Slice(done, corpus._room));
            }

            _rest.RemoveRange(0, done);
        }

        public TokenBlocks Build()
        {
            if (_rest.Count > 0)
            {
                Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rest));
            }

            return _blocks.Build();
        }

        public void Dispose() => _blocks.Dispose();

        private void Write(ReadOnlySpan<int> ids) => _blocks.Add([.. corpus._before, .. ids, .. corpus._after]);
    }
}
