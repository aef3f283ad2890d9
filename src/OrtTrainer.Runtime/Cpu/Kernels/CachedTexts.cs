namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The newest tokens of several texts, laid end to end, and where keys and values of all their tokens lie in a cache
/// [B, P, K, D].
/// </summary>
internal unsafe struct CachedTexts
{
    private long* _offsets;
    private long* _cached;
    private int _texts;
    private long _room;

    /// <summary>Newest tokens of all texts, T.</summary>
    public int Tokens { get; private set; }

    /// <summary>Heads of queries.</summary>
    public int Heads { get; private set; }

    /// <summary>Columns of a head, D.</summary>
    public int Width { get; private set; }

    /// <summary>Columns of queries, keys and values together, C.</summary>
    public int Columns { get; private set; }

    /// <summary>Keys, or values, of a token in all heads, K · D.</summary>
    public int Row { get; private set; }

    /// <summary>The most tokens that a text has.</summary>
    public long Longest { get; private set; }

    /// <summary>Columns of all heads of queries, H.</summary>
    public readonly int QueryColumns => Heads * Width;

    /// <summary>Checks shapes, offsets and that there is room for every token.</summary>
    /// <exception cref="ArgumentException">They do not go together.</exception>
    public static CachedTexts Read(
        KernelDefinition kernel, KernelTensor qkv, KernelTensor offsets, KernelTensor cached, KernelTensor keys,
        KernelTensor values, int heads)
    {
        (int tokens, int columns) = Shapes.Matrix(kernel, "qkv", qkv);
        if (keys.Shape.Length != 4 || keys.Shape[2] is < 1 or > 65_536 || heads % keys.Shape[2] != 0)
        {
            throw new ArgumentException(
                $"{kernel.Name}: keys has shape {keys}; expected [B, P, K, D] with K a divisor of {heads} heads.");
        }

        (long texts, long shared, long width) = (keys.Shape[0], keys.Shape[2], keys.Shape[3]);
        Shapes.Require(kernel, "values", values, keys.Shape);
        Shapes.Require(kernel, "qkv", qkv, tokens, (heads + (2 * shared)) * width);
        Shapes.Require(kernel, "offsets", offsets, texts + 1);
        Shapes.Require(kernel, "cached", cached, texts);
        CachedTexts read = new()
        {
            _offsets = offsets.Int64s,
            _cached = cached.Int64s,
            _texts = (int)texts,
            _room = keys.Shape[1],
            Tokens = tokens,
            Heads = heads,
            Width = (int)width,
            Columns = columns,
            Row = (int)(shared * width),
        };
        read.Check(kernel);
        return read;
    }

    /// <summary>The text of a newest token, and its place in the text.</summary>
    public readonly (int Text, int Place) PlaceOf(int token)
    {
        int text = 0;
        while (_offsets[text + 1] <= token)
        {
            text++;
        }

        return (text, (int)(_cached[text] + token - _offsets[text]));
    }

    /// <summary>Where the keys, or values, of a head of queries begin for a token.</summary>
    public readonly long Start(int text, int place, int head) =>
        (((text * _room) + place) * Row) + ((long)head * (Row / Width) / Heads * Width);

    /// <summary>Copies keys, or values, of the newest tokens into the cache.</summary>
    /// <param name="rows">Those of the first, in rows of <see cref="Columns"/>.</param>
    /// <param name="cache">[B, P, K, D].</param>
    public readonly void Append(float* rows, float* cache)
    {
        for (int text = 0; text < _texts; text++)
        {
            float* target = cache + (((text * _room) + _cached[text]) * Row);
            for (long token = _offsets[text]; token < _offsets[text + 1]; token++, target += Row)
            {
                new ReadOnlySpan<float>(rows + (token * Columns), Row).CopyTo(new Span<float>(target, Row));
            }
        }
    }

    private void Check(KernelDefinition kernel)
    {
        for (int text = 0; text < _texts; text++)
        {
            long count = _offsets[text + 1] - _offsets[text];
            if (count < 0 || _cached[text] < 0 || count + _cached[text] > _room)
            {
                throw new ArgumentException(
                    $"{kernel.Name}: text {text} has {_cached[text]} tokens in the cache and {count} newest ones; "
                    + $"expected 0 or more, and {_room} at most, for which there is room.");
            }

            Longest = Math.Max(Longest, count + _cached[text]);
        }

        if (_offsets[0] != 0 || _offsets[_texts] != Tokens)
        {
            throw new ArgumentException(
                $"{kernel.Name}: offsets go from {_offsets[0]} to {_offsets[_texts]}; expected 0 to {Tokens}.");
        }
    }
}
