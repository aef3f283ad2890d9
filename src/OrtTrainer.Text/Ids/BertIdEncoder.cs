using System.Runtime.Intrinsics;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Text.Ids;

/// <summary>
/// BERT's WordPiece in one pass over the text: ASCII words of up to 15 letters and digits are found 16 units at a
/// time and looked up in a cache, other characters go through a table, and what neither can treat, up to the next
/// white space, the long way.
/// </summary>
internal sealed class BertIdEncoder : IdEncoder
{
    private readonly BertCharacterTable _table;
    private readonly WordPieceModel _model;
    private readonly WordCachePool _caches = new();
    private readonly Vector128<byte> _caseBit;

    /// <summary>An encoder for a tokenizer with BERT's normalizer, its pre-tokenizer and a WordPiece model.</summary>
    public BertIdEncoder(TokenPipeline pipeline, BertNormalizerOptions options, WordPieceModel model)
        : base(pipeline)
    {
        _table = new BertCharacterTable(options);
        _model = model;
        _caseBit = Vector128.Create((byte)(options.Lowercase ? 0x20 : 0));
    }

    /// <inheritdoc/>
    protected override void AppendPlain(ReadOnlySpan<char> text, List<int> ids)
    {
        WordCache cache = _caches.Rent();
        try
        {
            for (int at = 0; at < text.Length;)
            {
                at = text.Length - at >= AsciiWord.Window && AppendAsciiWord(text, at, cache, ids) is var length and > 0
                    ? at + length
                    : AppendNext(text, at, cache, ids);
            }
        }
        finally
        {
            _caches.Return(cache);
        }
    }

    /// <summary>
    /// Appends the ASCII word that begins here and gives its length, or 0 where there is none or it may go on.
    /// </summary>
    private int AppendAsciiWord(ReadOnlySpan<char> text, int start, WordCache cache, List<int> ids)
    {
        Vector128<byte> bytes = AsciiWord.Load(text, start);
        Vector128<byte> letters = AsciiWord.Letters(bytes);
        int length = AsciiWord.RunLength(letters | AsciiWord.Digits(bytes));
        if (length is 0 or AsciiWord.Window
            || _table.Look(text[start + length], out _) is not (BertCharacterKind.Space or BertCharacterKind.Single))
        {
            return 0;
        }

        WordKey key = AsciiWord.Key(bytes | (letters & _caseBit), length);
        if (!cache.TryAppend(key, ids))
        {
            Span<char> word = stackalloc char[length];
            for (int i = 0; i < length; i++)
            {
                _table.Look(text[start + i], out word[i]);
            }

            AppendAndRemember(word, key, cache, ids);
        }

        return length;
    }

    /// <summary>Appends what begins here and gives the place behind it.</summary>
    private int AppendNext(ReadOnlySpan<char> text, int start, WordCache cache, List<int> ids)
    {
        switch (_table.Look(text[start], out char mapped))
        {
            case BertCharacterKind.Space or BertCharacterKind.Dropped:
                return start + 1;
            case BertCharacterKind.Single:
                AppendWord([mapped], cache, ids);
                return start + 1;
            default:
                return AppendTableWord(text, start, cache, ids);
        }
    }

    private int AppendTableWord(ReadOnlySpan<char> text, int start, WordCache cache, List<int> ids)
    {
        // A word of more characters than this is rare enough to go the long way.
        const int longest = 128;
        Span<char> word = stackalloc char[longest];
        int length = 0;
        int end = start;
        for (; end < text.Length; end++)
        {
            BertCharacterKind kind = _table.Look(text[end], out char mapped);
            if (kind == BertCharacterKind.Other || length == longest)
            {
                end = NextSpace(text, end);
                AppendByPipeline(text[start..end], ids);
                return end;
            }

            if (kind is BertCharacterKind.Space or BertCharacterKind.Single)
            {
                break;
            }

            if (kind == BertCharacterKind.Word)
            {
                word[length++] = mapped;
            }
        }

        AppendWord(word[..length], cache, ids);
        return end;
    }

    // Normalization never reaches across a blank.
    private static int NextSpace(ReadOnlySpan<char> text, int start)
    {
        int step = text[start..].IndexOfAny(" \t\r\n");
        return step < 0 ? text.Length : start + step;
    }

    private void AppendWord(ReadOnlySpan<char> word, WordCache cache, List<int> ids)
    {
        Span<byte> bytes = stackalloc byte[WordKey.MaxLength];
        if (System.Text.Encoding.UTF8.TryGetBytes(word, bytes, out int length)
            && AsciiWord.TryKey(bytes[..length], out WordKey key))
        {
            if (!cache.TryAppend(key, ids))
            {
                AppendAndRemember(word, key, cache, ids);
            }
        }
        else if (word.Length > 0)
        {
            _model.TokenizeIds(word, ids);
        }
    }

    private void AppendAndRemember(ReadOnlySpan<char> word, WordKey key, WordCache cache, List<int> ids)
    {
        int before = ids.Count;
        _model.TokenizeIds(word, ids);
        cache.Add(key, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids)[before..]);
    }
}
