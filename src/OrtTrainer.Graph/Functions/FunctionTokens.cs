namespace OrtTrainer.Graph.Functions;

/// <summary>The words, numbers and signs of one line of a function body.</summary>
internal sealed class FunctionTokens(string line)
{
    private int _at;

    /// <summary>Whether a number comes next.</summary>
    public bool AtNumber
    {
        get
        {
            SkipSpace();
            return _at < line.Length && (char.IsAsciiDigit(line[_at]) || line[_at] == '-');
        }
    }

    /// <summary>Whether <paramref name="sign"/> comes next.</summary>
    public bool At(string sign)
    {
        SkipSpace();
        return line.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal);
    }

    /// <summary>Passes over <paramref name="sign"/> if it comes next.</summary>
    public bool Skip(string sign)
    {
        bool there = At(sign);
        _at += there ? sign.Length : 0;
        return there;
    }

    /// <exception cref="GraphException">Something else comes next.</exception>
    public void Expect(string sign)
    {
        if (!Skip(sign))
        {
            throw Unexpected($"'{sign}'");
        }
    }

    /// <exception cref="GraphException">More follows.</exception>
    public void ExpectEnd()
    {
        SkipSpace();
        if (_at < line.Length)
        {
            throw Unexpected("the end of the line");
        }
    }

    /// <exception cref="GraphException">No name comes next.</exception>
    public string Word() => Take(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.', "a name");

    /// <exception cref="GraphException">No number comes next.</exception>
    public string Number() => Take(c => char.IsAsciiDigit(c) || c is '-' or '.' or 'e', "a number");

    private string Take(Func<char, bool> belongs, string expected)
    {
        SkipSpace();
        int start = _at;
        while (_at < line.Length && belongs(line[_at]))
        {
            _at++;
        }

        return _at > start ? line[start.._at] : throw Unexpected(expected);
    }

    private void SkipSpace()
    {
        while (_at < line.Length && char.IsWhiteSpace(line[_at]))
        {
            _at++;
        }
    }

    private GraphException Unexpected(string expected) =>
        new($"Expected {expected} at column {_at + 1} of the function line '{line}'.");
}
