using System.Text;

namespace OrtTrainer.Text.Models;

/// <summary>
/// Component Unigram: the most probable way to cut a word into tokens (Viterbi; Kudo 2018, "Subword Regularization",
/// section 3.1). Neighbouring unknown characters are one token, or bytes.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    private const double UnknownPenalty = 10;
    private readonly Utf8Trie _trie;
    private readonly double[] _scores;
    private readonly int?[] _byteIds;
    private readonly bool _byteFallback;
    private readonly bool _singlePrecision;
    private readonly double _unknownScore;
    private readonly double _largestScore;

    /// <summary>A model over pieces, whose places in the list are their ids.</summary>
    /// <param name="pieces">All pieces.</param>
    /// <param name="unknownId">The id of unknown characters.</param>
    /// <param name="byteFallback">Whether unknown characters become byte tokens where there are all 256.</param>
    /// <param name="singlePrecision">Whether scores are added in float, as the SentencePiece library does.</param>
    public UnigramModel(IReadOnlyList<UnigramPiece> pieces, int unknownId, bool byteFallback, bool singlePrecision)
        : base(new Vocabulary(pieces.Select((piece, id) => KeyValuePair.Create(piece.Text, id))))
    {
        Pieces = pieces;
        UnknownId = unknownId;
        _byteFallback = byteFallback;
        _singlePrecision = singlePrecision;
        _byteIds = ByteTokens.Ids(Vocabulary);
        double smallest = double.PositiveInfinity;
        _largestScore = double.NegativeInfinity;
        foreach (UnigramPiece piece in pieces.Where(piece => piece.Kind == PieceKind.Normal))
        {
            smallest = Math.Min(smallest, piece.Score);
            _largestScore = Math.Max(_largestScore, piece.Score);
        }

        _unknownScore = Round(smallest - UnknownPenalty);
        _trie = new Utf8Trie();
        _scores = new double[pieces.Count];
        for (int id = 0; id < pieces.Count; id++)
        {
            (string text, double score, PieceKind kind) = pieces[id];
            int length = System.Text.Encoding.UTF8.GetByteCount(text);
            _scores[id] = kind == PieceKind.UserDefined ? Round((length * _largestScore) - 0.1) : score;
            if (kind is PieceKind.Normal or PieceKind.UserDefined && length > 0)
            {
                _trie.Add(System.Text.Encoding.UTF8.GetBytes(text), id);
            }
        }
    }

    /// <summary>The pieces, by their ids.</summary>
    public IReadOnlyList<UnigramPiece> Pieces { get; }

    /// <summary>Whether unknown characters become byte tokens.</summary>
    public bool ByteFallback => _byteFallback;

    /// <summary>The id of unknown characters.</summary>
    public int UnknownId { get; }

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<int> word, List<ModelToken> tokens)
    {
        (byte[] bytes, int[] pointAt) = Encode(word);
        Node[] best = BestPaths(bytes);
        int before = tokens.Count;
        for (int end = bytes.Length; end > 0;)
        {
            Node node = best[end];
            int start = node.Start;
            if (node.Id == UnknownId)
            {
                while (start > 0 && best[start].Id == UnknownId)
                {
                    start = best[start].Start;
                }
            }

            AddReversed(node.Id, bytes.AsSpan(start, end - start), pointAt[start], pointAt[end], tokens);
            end = start;
        }

        tokens.Reverse(before, tokens.Count - before);
    }

    private static (byte[] Bytes, int[] PointAt) Encode(ReadOnlySpan<int> word)
    {
        byte[] bytes = new byte[4 * word.Length];
        int[] pointAt = new int[bytes.Length + 1];
        int length = 0;
        for (int i = 0; i < word.Length; i++)
        {
            int count = new Rune(word[i]).EncodeToUtf8(bytes.AsSpan(length));
            pointAt.AsSpan(length, count).Fill(i);
            length += count;
        }

        pointAt[length] = word.Length;
        return (bytes[..length], pointAt);
    }

    private Node[] BestPaths(byte[] bytes)
    {
        Node[] best = new Node[bytes.Length + 1];
        Array.Fill(best, new Node(0, 0, -1));
        for (int start = 0; start < bytes.Length;)
        {
            Rune.DecodeFromUtf8(bytes.AsSpan(start), out _, out int length);
            double score = best[start].Score;
            bool hasWholeCharacter = false;
            int node = Utf8Trie.Root;
            for (int end = start; end < bytes.Length && (node = _trie.Step(node, bytes[end])) >= 0;)
            {
                end++;
                if (_trie.Value(node) is var id and >= 0)
                {
                    Offer(ref best[end], start, id, Round(_scores[id] + score));
                    hasWholeCharacter |= end - start == length;
                }
            }

            if (!hasWholeCharacter)
            {
                Offer(ref best[start + length], start, UnknownId, Round(_unknownScore + score));
            }

            start += length;
        }

        return best;
    }

    private static void Offer(ref Node node, int start, int id, double score)
    {
        if (node.Start < 0 || score > node.Score)
        {
            node = new Node(id, score, start);
        }
    }

    private void AddReversed(int id, ReadOnlySpan<byte> bytes, int start, int end, List<ModelToken> tokens)
    {
        if (id == UnknownId && _byteFallback && HasAll(bytes))
        {
            for (int i = bytes.Length - 1; i >= 0; i--)
            {
                tokens.Add(new ModelToken(_byteIds[bytes[i]]!.Value, start, end));
            }
        }
        else
        {
            tokens.Add(new ModelToken(id, start, end));
        }
    }

    private bool HasAll(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (_byteIds[value] is null)
            {
                return false;
            }
        }

        return true;
    }

    private double Round(double score) => _singlePrecision ? (float)score : score;

    private readonly record struct Node(int Id, double Score, int Start);
}
