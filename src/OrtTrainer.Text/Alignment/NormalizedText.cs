namespace OrtTrainer.Text.Alignment;

/// <summary>
/// A text that is rewritten step by step while every code point keeps the range of the original text it stands for.
/// All positions are counted in code points.
/// </summary>
/// <remarks>
/// The bookkeeping reproduces Hugging Face tokenizers' <c>NormalizedString</c>, quirks included, because the offsets
/// that users compare with come from there.
/// </remarks>
internal sealed class NormalizedText
{
    private int[] _points;
    private int[] _starts;
    private int[] _ends;
    private bool? _beginsOriginal;

    /// <summary>A text that nothing has been done to yet; lone surrogates become U+FFFD.</summary>
    public NormalizedText(ReadOnlySpan<char> text)
    {
        _points = CodePoints.From(text);
        _starts = new int[_points.Length];
        _ends = new int[_points.Length];
        for (int i = 0; i < _points.Length; i++)
        {
            _starts[i] = i;
            _ends[i] = i + 1;
        }
    }

    private NormalizedText(int[] points, int[] starts, int[] ends) =>
        (_points, _starts, _ends) = (points, starts, ends);

    /// <summary>The code points of the text as it is now.</summary>
    public ReadOnlySpan<int> Points => _points;

    /// <summary>The number of code points of the text as it is now.</summary>
    public int Length => _points.Length;

    /// <summary>Whether the text as it is now begins with what the original text begins with.</summary>
    public bool BeginsOriginal => Length > 0 && (_beginsOriginal ?? _starts[0] == 0);

    /// <summary>A part of the text; its ranges still refer to the whole original text.</summary>
    public NormalizedText Slice(int start, int end) => new(_points[start..end], _starts[start..end], _ends[start..end])
    {
        _beginsOriginal = _beginsOriginal is { } begins ? begins && start == 0 : null,
    };

    /// <summary>
    /// Lets ranges refer to the text as it is now, which lies at <paramref name="position"/> of a longer one.
    /// </summary>
    public void Realign(int position)
    {
        _beginsOriginal = BeginsOriginal;
        _starts = [.. Enumerable.Range(position, Length)];
        _ends = [.. Enumerable.Range(position + 1, Length)];
    }

    /// <summary>The range of the original text that code points start..end stand for.</summary>
    public TextRange OriginalRange(int start, int end) =>
        start == end ? new TextRange(start, end) : new TextRange(_starts[start], _ends[end - 1]);

    /// <summary>Replaces the whole text.</summary>
    public void Rewrite(IReadOnlyList<Change> changes, int droppedAtStart = 0) =>
        Rewrite(0, Length, changes, droppedAtStart);

    /// <summary>
    /// Replaces the code points start..end by those of the changes, after dropping the first few old ones.
    /// </summary>
    public void Rewrite(int start, int end, IReadOnlyList<Change> changes, int droppedAtStart)
    {
        int[] points = new int[changes.Count];
        int[] starts = new int[changes.Count];
        int[] ends = new int[changes.Count];
        int old = Math.Min(start + droppedAtStart, end);
        for (int i = 0; i < changes.Count; i++)
        {
            (int point, int delta) = changes[i];
            points[i] = point;
            if (delta > 0)
            {
                (starts[i], ends[i]) = old < 1 ? (0, 0) : (_starts[old - 1], _ends[old - 1]);
                continue;
            }

            (starts[i], ends[i]) = old < Length ? (_starts[old], _ends[old]) : (_starts[^1], _ends[^1]);
            old = Math.Min(old + 1 - delta, end);
        }

        if (start == 0 && end == Length)
        {
            (_points, _starts, _ends) = (points, starts, ends);
            return;
        }

        _points = [.. _points.AsSpan(0, start), .. points, .. _points.AsSpan(end)];
        _starts = [.. _starts.AsSpan(0, start), .. starts, .. _starts.AsSpan(end)];
        _ends = [.. _ends.AsSpan(0, start), .. ends, .. _ends.AsSpan(end)];
    }

    /// <summary>Replaces the whole text by code points that each stand for one or more of the present ones.</summary>
    public void Rewrite(IReadOnlyList<MappedPoint> mapped) => (_points, _starts, _ends) = (
        [.. mapped.Select(point => point.CodePoint)],
        [.. mapped.Select(point => _starts[point.Start])],
        [.. mapped.Select(point => _ends[point.End - 1])]);

    /// <summary>Keeps only the code points that satisfy the condition.</summary>
    public void Filter(Func<int, bool> keep)
    {
        List<Change> changes = new(Length);
        int dropped = 0;
        int droppedAtStart = 0;
        foreach (int point in _points)
        {
            if (!keep(point))
            {
                dropped++;
                continue;
            }

            if (changes.Count == 0)
            {
                droppedAtStart = dropped;
            }
            else if (dropped > 0)
            {
                changes[^1] = changes[^1] with { Delta = -dropped };
            }

            dropped = 0;
            changes.Add(new Change(point, 0));
        }

        if (changes.Count != Length)
        {
            Rewrite(changes, droppedAtStart);
        }
    }

    /// <summary>Puts another code point in the place of each.</summary>
    public void Map(Func<int, int> map)
    {
        // The array may be seen by nobody else: slices are copies.
        for (int i = 0; i < _points.Length; i++)
        {
            _points[i] = map(_points[i]);
        }
    }

    /// <summary>Puts text before the first code point, whose range it shares; an empty text stays empty.</summary>
    public void Prepend(ReadOnlySpan<int> addition)
    {
        if (Length == 0 || addition.IsEmpty)
        {
            return;
        }

        List<Change> changes = new(addition.Length + 1);
        foreach (int point in addition)
        {
            changes.Add(new Change(point, changes.Count == 0 ? 0 : 1));
        }

        changes.Add(new Change(_points[0], 1));
        Rewrite(0, 1, changes, 0);
    }

    /// <summary>
    /// Replaces every match of a pattern; the replacement shares the range of the last code point replaced.
    /// </summary>
    public void Replace(TextPattern pattern, ReadOnlySpan<int> replacement)
    {
        List<int> points = new(Length);
        List<int> starts = new(Length);
        List<int> ends = new(Length);
        int copied = 0;
        foreach (TextRange match in pattern.Matches(_points))
        {
            Copy(copied, match.Start);
            copied = match.End;
            (int start, int end) = match.End < 1 ? (0, 0) : (_starts[match.End - 1], _ends[match.End - 1]);
            foreach (int point in replacement)
            {
                points.Add(point);
                starts.Add(start);
                ends.Add(end);
            }
        }

        if (copied > 0 || points.Count > 0)
        {
            Copy(copied, Length);
            (_points, _starts, _ends) = ([.. points], [.. starts], [.. ends]);
        }

        void Copy(int from, int to)
        {
            points.AddRange(_points.AsSpan(from, to - from));
            starts.AddRange(_starts.AsSpan(from, to - from));
            ends.AddRange(_ends.AsSpan(from, to - from));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => CodePoints.ToText(_points);
}
