using System.Text;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Text.Models;

/// <summary>
/// The SentencePiece library's BPE: neighbouring pieces merge in the order of the merged piece's score, of equal ones
/// the leftmost first; what is no piece in the end is unknown or becomes bytes.
/// </summary>
internal sealed class SentencePieceBpeModel : TokenModel
{
    private readonly IReadOnlyList<UnigramPiece> _pieces;
    private readonly int _unknownId;
    private readonly int?[] _byteIds;
    private readonly LongestPrefix _userDefined;
    private readonly bool _byteFallback;

    /// <summary>A model over pieces, whose places in the list are their ids.</summary>
    public SentencePieceBpeModel(
        IReadOnlyList<UnigramPiece> pieces, int unknownId, bool byteFallback, LongestPrefix userDefined)
        : base(new Vocabulary(pieces.Select((piece, id) => KeyValuePair.Create(piece.Text, id))))
    {
        _pieces = pieces;
        _unknownId = unknownId;
        _userDefined = userDefined;
        _byteFallback = byteFallback;
        _byteIds = ByteTokens.Ids(Vocabulary);
    }

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<int> word, List<ModelToken> tokens)
    {
        if (!word.IsEmpty)
        {
            Merging merging = new(this, word);
            merging.Run();
            merging.AddTokens(tokens);
        }
    }

    private int? MergeableId(ReadOnlySpan<char> text) =>
        Vocabulary.Id(text) is { } id
        && _pieces[id].Kind is PieceKind.Normal or PieceKind.UserDefined or PieceKind.Unused
            ? id
            : null;

    private struct Symbol
    {
        public int Start;
        public int End;
        public int Previous;
        public int Next;
        public bool IsFrozen;
    }

    /// <summary>The merging of one word.</summary>
    private ref struct Merging
    {
        private readonly SentencePieceBpeModel _model;
        private readonly ReadOnlySpan<int> _word;
        private readonly string _text;
        private readonly int[] _unitAt;
        private readonly List<Symbol> _symbols = [];
        private readonly PriorityQueue<(int Left, int Right, int Length), (double, int)> _queue = new();

        // How a piece that is only used on the way to others was put together, so that it can be taken apart again.
        private readonly Dictionary<(int Start, int End), int> _middles = [];

        public Merging(SentencePieceBpeModel model, ReadOnlySpan<int> word)
        {
            _model = model;
            _word = word;
            _text = Alignment.CodePoints.ToText(word);
            _unitAt = new int[word.Length + 1];
            for (int i = 0; i < word.Length; i++)
            {
                _unitAt[i + 1] = _unitAt[i] + (word[i] > char.MaxValue ? 2 : 1);
            }

            for (int start = 0; start < word.Length;)
            {
                int frozen = model._userDefined.Match(word[start..]);
                int end = start + Math.Max(1, frozen);
                _symbols.Add(new Symbol
                {
                    Start = start,
                    End = end,
                    Previous = _symbols.Count - 1,
                    Next = _symbols.Count + 1,
                    IsFrozen = frozen > 0,
                });
                start = end;
            }

            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_symbols)[^1].Next = -1;
        }

        public readonly void Run()
        {
            Span<Symbol> symbols = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_symbols);
            for (int i = 1; i < symbols.Length; i++)
            {
                Offer(i - 1, i);
            }

            while (_queue.TryDequeue(out (int Left, int Right, int Length) pair, out _))
            {
                ref Symbol left = ref symbols[pair.Left];
                ref Symbol right = ref symbols[pair.Right];

                // An entry is stale where one of its symbols has been merged since.
                if (left.Start == left.End || right.Start == right.End || right.End - left.Start != pair.Length)
                {
                    continue;
                }

                left.End = right.End;
                left.Next = right.Next;
                right.End = right.Start;
                if (left.Next >= 0)
                {
                    symbols[left.Next].Previous = pair.Left;
                }

                Offer(left.Previous, pair.Left);
                Offer(pair.Left, left.Next);
            }
        }

        public readonly void AddTokens(List<ModelToken> tokens)
        {
            for (int i = 0; i >= 0; i = _symbols[i].Next)
            {
                AddTokens(_symbols[i].Start, _symbols[i].End, tokens);
            }
        }

        private readonly ReadOnlySpan<char> Text(int start, int end) => _text.AsSpan(_unitAt[start].._unitAt[end]);

        private readonly void Offer(int left, int right)
        {
            if (left < 0 || right < 0 || _symbols[left].IsFrozen || _symbols[right].IsFrozen)
            {
                return;
            }

            int start = _symbols[left].Start;
            int end = _symbols[right].End;
            if (_model.MergeableId(Text(start, end)) is not { } id)
            {
                return;
            }

            _queue.Enqueue((left, right, end - start), (-_model._pieces[id].Score, left));
            if (_model._pieces[id].Kind == PieceKind.Unused)
            {
                _middles[(start, end)] = _symbols[right].Start;
            }
        }

        private readonly void AddTokens(int start, int end, List<ModelToken> tokens)
        {
            int? id = _model.MergeableId(Text(start, end));
            if (id is { } known && _model._pieces[known].Kind != PieceKind.Unused)
            {
                tokens.Add(new ModelToken(known, start, end));
            }
            else if (_middles.TryGetValue((start, end), out int middle))
            {
                AddTokens(start, middle, tokens);
                AddTokens(middle, end, tokens);
            }
            else if (!AddBytes(start, tokens))
            {
                bool joins = tokens.Count > 0 && tokens[^1].Id == _model._unknownId && tokens[^1].End == start;
                if (joins)
                {
                    start = tokens[^1].Start;
                    tokens.RemoveAt(tokens.Count - 1);
                }

                tokens.Add(new ModelToken(_model._unknownId, start, end));
            }
        }

        private readonly bool AddBytes(int start, List<ModelToken> tokens)
        {
            if (!_model._byteFallback)
            {
                return false;
            }

            Span<byte> bytes = stackalloc byte[4];
            int count = new Rune(_word[start]).EncodeToUtf8(bytes);
            foreach (byte value in bytes[..count])
            {
                tokens.Add(new ModelToken(_model._byteIds[value] ?? _model._unknownId, start, start + 1));
            }

            return true;
        }
    }
}
