namespace OrtTrainer.Text.Training;

/// <summary>
/// All ways to cut words into the pieces of a unigram model, whose scores are logarithms of probabilities. A character
/// without a piece is unknown, at ten less than the lowest score.
/// </summary>
internal sealed class PieceLattice
{
    private const double UnknownPenalty = 10;
    private const int Unknown = -1;

    private readonly Dictionary<long, int> _edges = [];
    private readonly List<int> _pieceAt = [Unknown];
    private readonly double[] _scores;
    private readonly double _unknownScore;

    /// <param name="pieces">The pieces as code points, with their scores.</param>
    public PieceLattice(IReadOnlyList<(int[] Piece, double Score)> pieces)
    {
        _scores = [.. pieces.Select(piece => piece.Score)];
        _unknownScore = _scores.Min() - UnknownPenalty;
        for (int id = 0; id < pieces.Count; id++)
        {
            int node = 0;
            foreach (int point in pieces[id].Piece)
            {
                ref int next = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                    _edges, Edge(node, point), out bool exists);
                if (!exists)
                {
                    next = _pieceAt.Count;
                    _pieceAt.Add(Unknown);
                }

                node = next;
            }

            _pieceAt[node] = id;
        }
    }

    /// <summary>
    /// Adds how often each piece is expected in a word, over all ways to cut it by their probabilities (the E step of
    /// Kudo 2018, section 3.2).
    /// </summary>
    /// <param name="word">The word.</param>
    /// <param name="count">How often it occurs.</param>
    /// <param name="expected">Added to, per piece.</param>
    public void AddExpected(ReadOnlySpan<int> word, double count, double[] expected)
    {
        List<Node> nodes = Nodes(word, excluded: null);
        double[] before = new double[word.Length + 1];
        double[] after = new double[word.Length + 1];
        Array.Fill(before, double.NegativeInfinity, 1, word.Length);
        Array.Fill(after, double.NegativeInfinity, 0, word.Length);
        foreach (Node node in nodes)
        {
            before[node.End] = LogAdd(before[node.End], before[node.Start] + node.Score);
        }

        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            Node node = nodes[i];
            after[node.Start] = LogAdd(after[node.Start], after[node.End] + node.Score);
        }

        foreach (Node node in nodes)
        {
            if (node.Piece != Unknown)
            {
                expected[node.Piece] +=
                    count * Math.Exp(before[node.Start] + node.Score + after[node.End] - before[word.Length]);
            }
        }
    }

    /// <summary>The most probable way to cut a word: its pieces, last one first, and its score.</summary>
    /// <param name="word">The word.</param>
    /// <param name="excluded">A piece that may not be the whole word; null for none.</param>
    /// <returns>The pieces, -1 for unknown characters; null where there is no way.</returns>
    public (List<int> Pieces, double Score)? Best(ReadOnlySpan<int> word, int? excluded = null)
    {
        double[] best = new double[word.Length + 1];
        Node?[] last = new Node?[word.Length + 1];
        Array.Fill(best, double.NegativeInfinity, 1, word.Length);
        foreach (Node node in Nodes(word, excluded))
        {
            if (best[node.Start] + node.Score > best[node.End])
            {
                best[node.End] = best[node.Start] + node.Score;
                last[node.End] = node;
            }
        }

        List<int> pieces = [];
        for (int end = word.Length; end > 0;)
        {
            if (last[end] is not { } node)
            {
                return null;
            }

            pieces.Add(node.Piece);
            end = node.Start;
        }

        return (pieces, best[word.Length]);
    }

    /// <summary>Every place of a piece in a word, by where it starts and then by length.</summary>
    private List<Node> Nodes(ReadOnlySpan<int> word, int? excluded)
    {
        List<Node> nodes = [];
        for (int start = 0; start < word.Length; start++)
        {
            bool hasCharacter = false;
            int at = 0;
            for (int end = start; end < word.Length && _edges.TryGetValue(Edge(at, word[end]), out at); end++)
            {
                int piece = _pieceAt[at];
                bool isExcluded = piece == excluded && start == 0 && end + 1 == word.Length;
                if (piece != Unknown && !isExcluded)
                {
                    nodes.Add(new Node(start, end + 1, piece, _scores[piece]));
                    hasCharacter |= end == start;
                }
            }

            if (!hasCharacter)
            {
                nodes.Add(new Node(start, start + 1, Unknown, _unknownScore));
            }
        }

        return nodes;
    }

    private static double LogAdd(double one, double other)
    {
        (double larger, double smaller) = one > other ? (one, other) : (other, one);
        return double.IsNegativeInfinity(smaller) ? larger : larger + Math.Log(1 + Math.Exp(smaller - larger));
    }

    // Code points need 21 bits.
    private static long Edge(int node, int point) => ((long)node << 21) | (uint)point;

    private readonly record struct Node(int Start, int End, int Piece, double Score);
}
