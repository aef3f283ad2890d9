namespace OrtTrainer.Text.PostProcessing;

/// <summary>Cuts token sequences to length and puts special tokens around them.</summary>
internal sealed class EncodingAssembly(SequenceTemplate template)
{
    private readonly SequenceTemplate _bare = template.WithoutSpecialTokens();

    /// <summary>The template that applies to the options.</summary>
    public SequenceTemplate Template(bool addSpecialTokens) => addSpecialTokens ? template : _bare;

    /// <summary>The encoding of one text or a pair, with its overflow windows.</summary>
    /// <exception cref="TruncationException">The text cannot be cut as asked.</exception>
    public Encoding Assemble(TokenSequence first, TokenSequence? second, EncodeOptions options)
    {
        SequenceTemplate used = Template(options.AddSpecialTokens);
        (int keepFirst, int keepSecond) = Keep(used, first.Count, second?.Count, options);
        List<TextRange> firstWindows = Windows(first.Count, keepFirst, options.Stride);
        List<TextRange> secondWindows = Windows(second?.Count ?? 0, keepSecond, options.Stride);
        List<Encoding> encodings = [];
        foreach (TextRange firstWindow in firstWindows)
        {
            foreach (TextRange secondWindow in secondWindows)
            {
                encodings.Add(Fill(second is null ? used.Single : used.Pair, first, firstWindow, second, secondWindow));
            }
        }

        encodings[0].Overflow = encodings[1..];
        return encodings[0];
    }

    /// <summary>The ids and types of one text or a pair, cut to length.</summary>
    /// <exception cref="TruncationException">The text cannot be cut as asked.</exception>
    public TokenIds AssembleIds(IReadOnlyList<int> first, IReadOnlyList<int>? second, EncodeOptions options)
    {
        SequenceTemplate used = Template(options.AddSpecialTokens);
        (int keepFirst, int keepSecond) = Keep(used, first.Count, second?.Count, options);
        int length = keepFirst + keepSecond + used.AddedCount(second is not null);
        int[] ids = new int[length];
        int[] typeIds = new int[length];
        int at = 0;
        foreach (TemplatePiece piece in second is null ? used.Single : used.Pair)
        {
            int start = at;
            IReadOnlyList<int> source = piece.Sequence < 0 ? piece.Ids : piece.Sequence == 0 ? first : second!;
            int count = piece.Sequence < 0 ? source.Count : piece.Sequence == 0 ? keepFirst : keepSecond;
            for (int i = 0; i < count; i++)
            {
                ids[at++] = source[i];
            }

            Array.Fill(typeIds, piece.TypeId ?? Math.Max(0, piece.Sequence), start, at - start);
        }

        return new TokenIds(ids, typeIds);
    }

    /// <summary>How many tokens of each text stay.</summary>
    public static (int First, int Second) Keep(SequenceTemplate used, int first, int? second, EncodeOptions options)
    {
        if (options.MaxLength is not { } maxLength)
        {
            return (first, second ?? 0);
        }

        int added = used.AddedCount(second is not null);
        return maxLength >= added
            ? TruncationPlan.Keep(first, second, maxLength - added, options.Truncation)
            : throw new TruncationException(
                $"MaxLength {maxLength} has no room for the {added} special tokens; raise it or leave them out.");
    }

    private static List<TextRange> Windows(int count, int keep, int stride)
    {
        if (keep >= count)
        {
            return [new TextRange(0, count)];
        }

        if (keep == 0)
        {
            return [new TextRange(0, 0), new TextRange(0, count)];
        }

        if (stride >= keep)
        {
            throw new TruncationException(
                $"Stride {stride} leaves no progress over windows of {keep} tokens; it must be less than that.");
        }

        List<TextRange> windows = [];
        for (int start = 0; windows.Count == 0 || windows[^1].End < count; start += keep - stride)
        {
            windows.Add(new TextRange(start, Math.Min(start + keep, count)));
        }

        return windows;
    }

    private static Encoding Fill(
        IReadOnlyList<TemplatePiece> pieces, TokenSequence first, TextRange firstWindow, TokenSequence? second,
        TextRange secondWindow)
    {
        Encoding encoding = new(firstWindow.Length + secondWindow.Length + 4);
        foreach (TemplatePiece piece in pieces)
        {
            if (piece.Sequence < 0)
            {
                AddSpecial(encoding, piece);
            }
            else if (piece.Sequence == 0)
            {
                AddText(encoding, first, firstWindow, piece.TypeId ?? 0);
            }
            else
            {
                AddText(encoding, second!, secondWindow, piece.TypeId ?? 1);
            }
        }

        return encoding;
    }

    private static void AddSpecial(Encoding encoding, TemplatePiece piece)
    {
        foreach (int id in piece.Ids)
        {
            Add(encoding, id, piece.TypeId ?? 0, 1, default, Encoding.NoWord);
        }
    }

    private static void AddText(Encoding encoding, TokenSequence sequence, TextRange window, int typeId)
    {
        for (int i = window.Start; i < window.End; i++)
        {
            Add(encoding, sequence.Ids[i], typeId, 0, sequence.Offsets[i], sequence.WordIds[i]);
        }
    }

    private static void Add(Encoding encoding, int id, int typeId, int special, TextRange offset, int wordId)
    {
        encoding.IdList.Add(id);
        encoding.TypeIdList.Add(typeId);
        encoding.SpecialList.Add(special);
        encoding.OffsetList.Add(offset);
        encoding.WordIdList.Add(wordId);
    }
}
