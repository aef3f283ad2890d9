using System.Globalization;
using OrtTrainer.Text.Templates.Expressions;

namespace OrtTrainer.Text.Templates.Parsing;

/// <content>Values, and what stands behind them.</content>
internal sealed partial class ExpressionParser
{
    private Expression Primary()
    {
        Token token = tokens.Take();
        return token.Kind switch
        {
            TokenKind.String => Text(token),
            TokenKind.Integer when long.TryParse(token.Text, CultureInfo.InvariantCulture, out long number) =>
                new Literal(number, token.Place),
            TokenKind.Float => new Literal(double.Parse(token.Text, CultureInfo.InvariantCulture), token.Place),
            TokenKind.Name => token.Text switch
            {
                "true" or "True" => new Literal(true, token.Place),
                "false" or "False" => new Literal(false, token.Place),
                "none" or "None" => new Literal(null, token.Place),
                _ => new Name(token.Text, token.Place),
            },
            TokenKind.Sign when token.Text == "(" => InParentheses(token),
            TokenKind.Sign when token.Text == "[" => new ListOf(Items("]", Read), token.Place),
            TokenKind.Sign when token.Text == "{" => new MappingOf(Items("}", Pair), token.Place),
            _ => throw new TemplateException($"found {token.Shown}; expected a value.", token.Place),
        };
    }

    private Literal Text(Token token)
    {
        string text = token.Text;
        while (tokens.Current.Kind == TokenKind.String)
        {
            text += tokens.Take().Text;
        }

        return new Literal(text, token.Place);
    }

    private Expression InParentheses(Token begin)
    {
        if (tokens.Skip(")"))
        {
            return new ListOf([], begin.Place) { IsTuple = true };
        }

        Expression inside = ReadTuple();
        tokens.Expect(")");
        return inside;
    }

    private List<T> Items<T>(string end, Func<T> read)
    {
        List<T> items = [];
        while (!tokens.Skip(end))
        {
            if (items.Count > 0)
            {
                tokens.Expect(",");
                if (tokens.Skip(end))
                {
                    break;
                }
            }

            items.Add(read());
        }

        return items;
    }

    private (Expression Key, Expression Value) Pair()
    {
        Expression key = Read();
        tokens.Expect(":");
        return (key, Read());
    }

    /// <summary>Fields, items and calls behind a value.</summary>
    private Expression Behind(Expression value)
    {
        while (true)
        {
            Token sign = tokens.Current;
            if (tokens.Skip("."))
            {
                value = tokens.Current.Kind == TokenKind.Integer
                    ? new Item(value, Primary(), sign.Place)
                    : new Field(value, tokens.Expect(TokenKind.Name, "the name of a field").Text, sign.Place);
            }
            else if (tokens.Skip("["))
            {
                value = InBrackets(value, sign.Place);
            }
            else if (sign.IsSign("("))
            {
                value = new Call(value, ReadArguments(), sign.Place);
            }
            else
            {
                return value;
            }
        }
    }

    private Expression InBrackets(Expression value, Place place)
    {
        Expression? start = tokens.Current.IsSign(":") ? null : Read();
        if (tokens.Skip("]"))
        {
            return new Item(value, start!, place);
        }

        tokens.Expect(":");
        Expression? stop = tokens.Current.IsSign(":") || tokens.Current.IsSign("]") ? null : Read();
        Expression? step = tokens.Skip(":") && !tokens.Current.IsSign("]") ? Read() : null;
        tokens.Expect("]");
        return new Slice(value, start, stop, step, place);
    }
}
