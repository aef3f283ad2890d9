using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.AddedTokens;

/// <summary>Finds added tokens in a text: leftmost first, of those that begin at one place the longest.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<int, List<(int[] Pattern, AddedToken Token)>> _byFirstPoint = [];
    private readonly int[] _firstPoints;

    /// <summary>A matcher for tokens, each with the text to look for.</summary>
    public AddedTokenMatcher(IEnumerable<(string Pattern, AddedToken Token)> tokens)
    {
        foreach ((string pattern, AddedToken token) in tokens)
        {
            int[] points = CodePoints.From(pattern);
            if (points.Length == 0)
            {
                continue;
            }

            if (!_byFirstPoint.TryGetValue(points[0], out List<(int[] Pattern, AddedToken Token)>? candidates))
            {
                _byFirstPoint[points[0]] = candidates = [];
            }

            candidates.Add((points, token));
        }

        foreach (List<(int[] Pattern, AddedToken Token)> candidates in _byFirstPoint.Values)
        {
            candidates.Sort((a, b) => b.Pattern.Length.CompareTo(a.Pattern.Length));
        }

        _firstPoints = [.. _byFirstPoint.Keys];
    }

    /// <summary>Whether there is nothing to look for.</summary>
    public bool IsEmpty => _firstPoints.Length == 0;

    /// <summary>The tokens of a text with the ranges they take, stripped white space included.</summary>
    public IEnumerable<(TextRange Range, AddedToken Token)> Matches(int[] points)
    {
        int taken = 0;
        for (int i = 0; i < points.Length;)
        {
            int step = points.AsSpan(i).IndexOfAny(_firstPoints);
            if (step < 0)
            {
                yield break;
            }

            i += step;
            if (At(points, i) is not ({ } pattern, { } token))
            {
                i++;
                continue;
            }

            int start = i;
            int end = i + pattern.Length;
            i = end;
            if (token.SingleWord && (IsWord(points, start - 1) || IsWord(points, end)))
            {
                continue;
            }

            while (token.LeftStrip && start > taken && UnicodeClass.IsWhiteSpace(points[start - 1]))
            {
                start--;
            }

            while (token.RightStrip && end < points.Length && UnicodeClass.IsWhiteSpace(points[end]))
            {
                end++;
            }

            // White space taken on the right may hold the beginning of what was matched next.
            taken = end;
            i = Math.Max(i, end);
            yield return (new TextRange(start, end), token);
        }
    }

    private static bool IsWord(int[] points, int index) =>
        (uint)index < (uint)points.Length && UnicodeClass.IsWord(points[index]);

    private (int[]? Pattern, AddedToken? Token) At(int[] points, int index)
    {
        foreach ((int[] pattern, AddedToken token) in _byFirstPoint[points[index]])
        {
            if (points.AsSpan(index).StartsWith(pattern))
            {
                return (pattern, token);
            }
        }

        return (null, null);
    }
}
