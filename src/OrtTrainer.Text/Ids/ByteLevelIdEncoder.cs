using System.Runtime.Intrinsics;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Ids;

/// <summary>
/// GPT-2's byte-level BPE in one pass over the text: words are cut by <see cref="Gpt2Pattern"/>, ASCII ones 16 units
/// at a time, and those of up to 16 bytes looked up in a cache.
/// </summary>
internal sealed class ByteLevelIdEncoder : IdEncoder
{
    private readonly Normalizer? _normalizer;
    private readonly bool _addPrefixSpace;
    private readonly BpeMerges _merges;
    private readonly int[] _byteIds = new int[256];
    private readonly WordCachePool _caches = new();

    /// <summary>
    /// An encoder for a tokenizer with GPT-2's pre-tokenizer and a BPE model that <see cref="Supports"/> allows.
    /// </summary>
    public ByteLevelIdEncoder(TokenPipeline pipeline, Normalizer? normalizer, bool addPrefixSpace, BpeModel model)
        : base(pipeline)
    {
        _normalizer = normalizer;
        _addPrefixSpace = addPrefixSpace;
        _merges = model.Merges;
        for (int value = 0; value < _byteIds.Length; value++)
        {
            _byteIds[value] = model.Vocabulary.Id([ByteAlphabet.ToChar((byte)value)])!.Value;
        }
    }

    /// <summary>Whether every byte is a token and the model's settings leave merging as it is.</summary>
    public static bool Supports(BpeModel model) =>
        model.Options is { ContinuingSubwordPrefix: "", EndOfWordSuffix: "", IgnoreMerges: false }
        && Enumerable.Range(0, 256).All(value => model.Vocabulary.Id([ByteAlphabet.ToChar((byte)value)]) is not null);

    /// <inheritdoc/>
    protected override void AppendPlain(ReadOnlySpan<char> text, List<int> ids)
    {
        // Normalizers that leave text below U+0300 alone are common (NFC) and are spared the work.
        if (_normalizer is not null
            && !(_normalizer is UnicodeFormNormalizer { Form: UnicodeForm.Nfc }
                && !text.ContainsAnyExceptInRange('\0', '\u02FF')))
        {
            text = _normalizer.Normalize(text.ToString());
        }

        if (_addPrefixSpace && !text.IsEmpty && text[0] != ' ')
        {
            text = string.Concat(" ", text);
        }

        WordCache cache = _caches.Rent();
        try
        {
            for (int at = 0; at < text.Length;)
            {
                if (text.Length - at < AsciiWord.Window
                    || AppendAsciiWord(text, at, cache, ids) is not (var length and > 0))
                {
                    length = Gpt2Pattern.NextWordLength(text[at..]);
                    AppendWord(text.Slice(at, length), cache, ids);
                }

                at += length;
            }
        }
        finally
        {
            _caches.Return(cache);
        }
    }

    /// <summary>
    /// Appends the ASCII word, a blank before it included, of letters or of digits that begins here, and gives its
    /// length; 0 where there is none or it may go on.
    /// </summary>
    private int AppendAsciiWord(ReadOnlySpan<char> text, int start, WordCache cache, List<int> ids)
    {
        Vector128<byte> bytes = AsciiWord.Load(text, start);
        int blank = text[start] == ' ' ? 1 : 0;
        uint letters = AsciiWord.Letters(bytes).ExtractMostSignificantBits() >> blank;
        uint digits = AsciiWord.Digits(bytes).ExtractMostSignificantBits() >> blank;
        uint run = (letters & 1) == 1 ? letters : digits;
        int length = blank + System.Numerics.BitOperations.TrailingZeroCount(~run);
        if (length == blank || length == AsciiWord.Window || text[start + length] > '\x7F')
        {
            return 0;
        }

        WordKey key = AsciiWord.Key(bytes, length);
        if (!cache.TryAppend(key, ids))
        {
            AppendWord(text.Slice(start, length), cache, ids);
        }

        return length;
    }

    private void AppendWord(ReadOnlySpan<char> word, WordCache cache, List<int> ids)
    {
        int most = System.Text.Encoding.UTF8.GetMaxByteCount(word.Length);
        Span<byte> bytes = most <= 256 ? stackalloc byte[most] : new byte[most];
        bytes = bytes[..System.Text.Encoding.UTF8.GetBytes(word, bytes)];
        if (!AsciiWord.TryKey(bytes, out WordKey key))
        {
            AppendMerged(bytes, ids);
        }
        else if (!cache.TryAppend(key, ids))
        {
            int before = ids.Count;
            AppendMerged(bytes, ids);
            cache.Add(key, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids)[before..]);
        }
    }

    private void AppendMerged(ReadOnlySpan<byte> bytes, List<int> ids)
    {
        Span<BpeSymbol> symbols = bytes.Length <= 64 ? stackalloc BpeSymbol[bytes.Length] : new BpeSymbol[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            symbols[i] = new BpeSymbol { Id = _byteIds[bytes[i]] };
        }

        BpeWord.Link(symbols);
        BpeWord.MergeAll(symbols, _merges);
        foreach (BpeSymbol symbol in symbols)
        {
            if (!symbol.Gone)
            {
                ids.Add(symbol.Id);
            }
        }
    }
}
