namespace OrtTrainer.Text.Templates.Parsing;

/// <summary>Where a parser stands among the tokens.</summary>
internal sealed class TokenCursor(IReadOnlyList<Token> tokens)
{
    private int _at;

    public Token Current => tokens[_at];

    public Token Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>The current token; goes on to the next.</summary>
    public Token Take() => tokens[Current.Kind == TokenKind.End ? _at : _at++];

    /// <summary>Goes on if the current token is that sign.</summary>
    public bool Skip(string sign)
    {
        bool stands = Current.IsSign(sign);
        _at += stands ? 1 : 0;
        return stands;
    }

    /// <summary>Goes on if the current token is that word.</summary>
    public bool SkipName(string name)
    {
        bool stands = Current.IsName(name);
        _at += stands ? 1 : 0;
        return stands;
    }

    /// <exception cref="TemplateException">Another token stands there.</exception>
    public Token Expect(string sign) => Current.IsSign(sign) ? Take() : throw Unexpected($"'{sign}'");

    /// <exception cref="TemplateException">Another token stands there.</exception>
    public Token Expect(TokenKind kind, string what) => Current.Kind == kind ? Take() : throw Unexpected(what);

    /// <summary>The complaint about the current token.</summary>
    public TemplateException Unexpected(string expected) =>
        new($"found {Current.Shown}; expected {expected}.", Current.Place);
}
