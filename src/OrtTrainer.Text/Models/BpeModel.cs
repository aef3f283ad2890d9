using System.Text;

namespace OrtTrainer.Text.Models;

/// <summary>Component BPE: a word's characters, merged pair by pair.</summary>
internal sealed class BpeModel : TokenModel
{
    private readonly BpeOptions _options;
    private readonly BpeMerges _merges;
    private readonly int?[] _byteIds;

    /// <summary>A model with merges in order of preference.</summary>
    /// <exception cref="UnknownMergeException">A merge needs a token that the vocabulary lacks.</exception>
    public BpeModel(Vocabulary vocabulary, IEnumerable<(string Left, string Right)> merges, BpeOptions options)
        : base(vocabulary)
    {
        _options = options;
        _merges = new BpeMerges(vocabulary, merges, options.ContinuingSubwordPrefix);
        _byteIds = ByteTokens.Ids(vocabulary);
    }

    /// <summary>The model's settings.</summary>
    public BpeOptions Options => _options;

    /// <summary>The model's merges.</summary>
    public BpeMerges Merges => _merges;

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<int> word, List<ModelToken> tokens)
    {
        if (_options.IgnoreMerges && Vocabulary.Id(Alignment.CodePoints.ToText(word)) is { } whole)
        {
            tokens.Add(new ModelToken(whole, 0, word.Length));
            return;
        }

        Span<BpeSymbol> symbols = Symbols(word);
        BpeWord.Link(symbols);
        BpeWord.MergeAll(symbols, _merges);
        foreach (BpeSymbol symbol in symbols)
        {
            if (!symbol.Gone)
            {
                tokens.Add(new ModelToken(symbol.Id, symbol.Start, symbol.End));
            }
        }
    }

    private Span<BpeSymbol> Symbols(ReadOnlySpan<int> word)
    {
        List<BpeSymbol> symbols = new(word.Length);

        // Held back until a known character follows: the reference implementation puts byte tokens before it.
        BpeSymbol? unknown = null;
        for (int i = 0; i < word.Length; i++)
        {
            Rune character = new(word[i]);
            if (Id(character, i == 0, i == word.Length - 1) is { } id)
            {
                Flush();
                symbols.Add(new BpeSymbol { Id = id, Start = i, End = i + 1 });
            }
            else if (!(_options.ByteFallback && AddBytes(character, i, symbols)) && _options.UnknownId is { } unknownId)
            {
                int start = i;
                if (unknown is { } previous && _options.FuseUnknown)
                {
                    start = previous.Start;
                }
                else
                {
                    Flush();
                }

                unknown = new BpeSymbol { Id = unknownId, Start = start, End = i + 1 };
            }
        }

        Flush();
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(symbols);

        void Flush()
        {
            if (unknown is { } held)
            {
                symbols.Add(held);
                unknown = null;
            }
        }
    }

    private int? Id(Rune character, bool isFirst, bool isLast)
    {
        Span<char> units = stackalloc char[2];
        ReadOnlySpan<char> text = units[..character.EncodeToUtf16(units)];
        string prefix = isFirst ? "" : _options.ContinuingSubwordPrefix;
        string suffix = isLast ? _options.EndOfWordSuffix : "";
        return prefix.Length + suffix.Length == 0
            ? Vocabulary.Id(text)
            : Vocabulary.Id(string.Concat(prefix, text, suffix));
    }

    private bool AddBytes(Rune character, int index, List<BpeSymbol> symbols)
    {
        Span<byte> bytes = stackalloc byte[4];
        int count = character.EncodeToUtf8(bytes);
        foreach (byte value in bytes[..count])
        {
            if (_byteIds[value] is null)
            {
                return false;
            }
        }

        foreach (byte value in bytes[..count])
        {
            symbols.Add(new BpeSymbol { Id = _byteIds[value]!.Value, Start = index, End = index + 1 });
        }

        return true;
    }
}
