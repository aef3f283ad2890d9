namespace OrtTrainer.Text.Templates.Parsing;

/// <summary>
/// Cuts a template into tokens as Jinja does with trim_blocks and lstrip_blocks, which transformers sets: a line break
/// behind a statement or comment goes, and so do blanks before one that begins its line. A minus at the inside of a tag
/// takes all white space there, a plus keeps it.
/// </summary>
internal sealed class Lexer
{
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private readonly TagLexer _tags;
    private int _at;

    private Lexer(string text)
    {
        _text = text;
        _tags = new TagLexer(text, _tokens, PlaceOf);
    }

    /// <exception cref="TemplateException">A tag, comment or text is not closed, or has a sign of no
    /// meaning.</exception>
    public static IReadOnlyList<Token> Tokens(string template)
    {
        string text = template.ReplaceLineEndings("\n");
        Lexer lexer = new(text.EndsWith('\n') ? text[..^1] : text);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        bool beginsLine = true;
        while (_at < _text.Length)
        {
            int tag = NextTag();
            string data = _text[_at..tag];
            if (tag == _text.Length)
            {
                Add(TokenKind.Text, data, _at);
                break;
            }

            char kind = _text[tag + 1];
            char control = tag + 2 < _text.Length ? _text[tag + 2] : '\0';
            Add(TokenKind.Text, control switch
            {
                '-' => data.TrimEnd(),
                '+' => data,
                _ => kind == '{' ? data : WithoutIndent(data, beginsLine),
            }, _at);
            int inside = tag + 2 + (control is '-' or '+' ? 1 : 0);
            int end = kind == '#' ? CommentEnd(tag, inside) : TagEnd(kind, tag, inside);
            beginsLine = end > 0 && _text[end - 1] == '\n';
            _at = end;
        }

        Add(TokenKind.End, "", _text.Length);
    }

    private int NextTag()
    {
        for (int i = _at; i < _text.Length - 1; i++)
        {
            if (_text[i] == '{' && _text[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return _text.Length;
    }

    private static string WithoutIndent(string data, bool beginsLine)
    {
        int line = data.LastIndexOf('\n') + 1;
        return (line > 0 || beginsLine) && data.AsSpan(line).Trim(" \t").IsEmpty ? data[..line] : data;
    }

    private int CommentEnd(int tag, int inside)
    {
        int close = _text.IndexOf("#}", inside, StringComparison.Ordinal);
        return close < 0
            ? throw new TemplateException("the comment is not closed; expected '#}'.", PlaceOf(tag))
            : Behind(close + 2, close > inside ? _text[close - 1] : '\0', isOutput: false);
    }

    private int TagEnd(char kind, int tag, int inside)
    {
        bool isOutput = kind == '{';
        Add(isOutput ? TokenKind.OutputBegin : TokenKind.BlockBegin, _text[tag..inside], tag);
        (int close, char control) = _tags.Run(inside, isOutput ? "}}" : "%}", tag);
        Add(isOutput ? TokenKind.OutputEnd : TokenKind.BlockEnd, "", close);
        return Behind(close + 2, control, isOutput);
    }

    /// <summary>Where the text behind a tag begins.</summary>
    private int Behind(int end, char control, bool isOutput)
    {
        if (control == '-')
        {
            while (end < _text.Length && char.IsWhiteSpace(_text[end]))
            {
                end++;
            }
        }
        else if (control != '+' && !isOutput && end < _text.Length && _text[end] == '\n')
        {
            end++;
        }

        return end;
    }

    private void Add(TokenKind kind, string text, int at)
    {
        if (kind != TokenKind.Text || text.Length > 0)
        {
            _tokens.Add(new Token(kind, text, PlaceOf(at)));
        }
    }

    private Place PlaceOf(int at)
    {
        ReadOnlySpan<char> before = _text.AsSpan(0, at);
        return new(before.Count('\n') + 1, at - before.LastIndexOf('\n'));
    }
}
