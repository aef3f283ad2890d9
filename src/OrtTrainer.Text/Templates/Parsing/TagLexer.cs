using System.Globalization;
using System.Text;

namespace OrtTrainer.Text.Templates.Parsing;

/// <summary>Cuts what stands inside a tag into tokens.</summary>
/// <param name="text">The template.</param>
/// <param name="tokens">Where tokens are added.</param>
/// <param name="placeOf">The line and column of an index.</param>
internal sealed class TagLexer(string text, List<Token> tokens, Func<int, Place> placeOf)
{
    private static readonly string[] Signs =
    [
        "==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}",
        ".", ",", ":", "|", ";",
    ];

    /// <summary>Reads up to the end of a tag.</summary>
    /// <param name="at">Where it begins.</param>
    /// <param name="close">What closes it.</param>
    /// <param name="tag">Where the tag begins, for messages.</param>
    /// <returns>Where the closing sign stands, and the minus or plus before it, if there is one.</returns>
    /// <exception cref="TemplateException">It does not end, or has a sign of no meaning.</exception>
    public (int Close, char Control) Run(int at, string close, int tag)
    {
        int depth = 0;
        while (at < text.Length)
        {
            char sign = text[at];
            if (char.IsWhiteSpace(sign))
            {
                at++;
                continue;
            }

            // Braces of a mapping may end like a tag.
            if (depth == 0 && Stands(close, at))
            {
                return (at, '\0');
            }

            if (depth == 0 && sign is '-' or '+' && Stands(close, at + 1))
            {
                return (at + 1, sign);
            }

            if (sign is '"' or '\'')
            {
                at = AddString(at);
            }
            else if (char.IsAsciiDigit(sign))
            {
                at = AddNumber(at);
            }
            else if (char.IsLetter(sign) || sign == '_')
            {
                at = Add(TokenKind.Name, at, While(at, c => char.IsLetterOrDigit(c) || c == '_'));
            }
            else
            {
                string found = Array.Find(Signs, one => Stands(one, at))
                    ?? throw new TemplateException($"'{sign}' has no meaning in a tag.", placeOf(at));
                depth += found is "(" or "[" or "{" ? 1 : found is ")" or "]" or "}" ? -1 : 0;
                at = Add(TokenKind.Sign, at, at + found.Length);
            }
        }

        throw new TemplateException($"the tag is not closed; expected '{close}'.", placeOf(tag));
    }

    private bool Stands(string sign, int at) => string.CompareOrdinal(text, at, sign, 0, sign.Length) == 0;

    private int While(int at, Func<char, bool> goesOn)
    {
        while (at < text.Length && goesOn(text[at]))
        {
            at++;
        }

        return at;
    }

    private int Add(TokenKind kind, int start, int end)
    {
        tokens.Add(new Token(kind, text[start..end], placeOf(start)));
        return end;
    }

    private int AddNumber(int start)
    {
        int end = While(start, char.IsAsciiDigit);
        if (end >= text.Length - 1 || text[end] != '.' || !char.IsAsciiDigit(text[end + 1]))
        {
            return Add(TokenKind.Integer, start, end);
        }

        return Add(TokenKind.Float, start, While(end + 1, char.IsAsciiDigit));
    }

    private int AddString(int start)
    {
        StringBuilder content = new();
        char quote = text[start];
        for (int at = start + 1; at < text.Length; at++)
        {
            if (text[at] == quote)
            {
                tokens.Add(new Token(TokenKind.String, content.ToString(), placeOf(start)));
                return at + 1;
            }

            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at = AddEscape(at, content);
            }
            else
            {
                content.Append(text[at]);
            }
        }

        throw new TemplateException($"the text is not closed; expected {quote}.", placeOf(start));
    }

    /// <summary>Adds what an escape of Python stands for.</summary>
    /// <returns>The last of its characters.</returns>
    private int AddEscape(int at, StringBuilder content)
    {
        char sign = text[at + 1];
        int digits = sign switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            return at + 2 + digits <= text.Length && int.TryParse(
                text.AsSpan(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
                && code is >= 0 and <= 0x10FFFF
                ? AddCode(code, at + 1 + digits, content)
                : throw new TemplateException($"'\\{sign}' needs {digits} hexadecimal digits.", placeOf(at));
        }

        _ = sign switch
        {
            'n' => content.Append('\n'),
            't' => content.Append('\t'),
            'r' => content.Append('\r'),
            '0' => content.Append('\0'),
            '\\' or '\'' or '"' => content.Append(sign),
            '\n' => content,
            _ => content.Append('\\').Append(sign),
        };
        return at + 1;
    }

    private static int AddCode(int code, int last, StringBuilder content)
    {
        _ = code > char.MaxValue ? content.Append(char.ConvertFromUtf32(code)) : content.Append((char)code);
        return last;
    }
}
