using OrtTrainer.Text.Templates.Expressions;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text.Templates.Parsing;

/// <summary>Reads expressions, by Jinja's order of operators.</summary>
internal sealed partial class ExpressionParser(TokenCursor tokens)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    // What cannot be the first word of a test's argument.
    private static readonly string[] BehindTest = ["else", "or", "and", "if", "is", "in", "not"];

    /// <summary>An expression.</summary>
    /// <exception cref="TemplateException">There is none.</exception>
    public Expression Read()
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        Expression value = ReadWithoutCondition();
        while (tokens.Current.IsName("if"))
        {
            Place place = tokens.Take().Place;
            Expression condition = ReadWithoutCondition();
            value = new Conditional(condition, value, tokens.SkipName("else") ? Read() : null, place);
        }

        return value;
    }

    /// <summary>An expression behind which an <c>if</c> is another's.</summary>
    public Expression ReadWithoutCondition() => Or();

    /// <summary>An expression, or several with commas between them, which make a list.</summary>
    public Expression ReadTuple()
    {
        Place place = tokens.Current.Place;
        Expression first = Read();
        if (!tokens.Current.IsSign(","))
        {
            return first;
        }

        List<Expression> items = [first];
        while (tokens.Skip(",") && tokens.Current.Kind is not (TokenKind.BlockEnd or TokenKind.OutputEnd)
            && !tokens.Current.IsSign(")"))
        {
            items.Add(Read());
        }

        return new ListOf(items, place) { IsTuple = true };
    }

    /// <summary>What stands in brackets behind a function, or nothing.</summary>
    public CallArguments ReadArguments()
    {
        if (!tokens.Skip("("))
        {
            return CallArguments.None;
        }

        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        while (!tokens.Skip(")"))
        {
            if (positional.Count + named.Count > 0)
            {
                tokens.Expect(",");
                if (tokens.Skip(")"))
                {
                    break;
                }
            }

            if (tokens.Current.Kind == TokenKind.Name && tokens.Following.IsSign("="))
            {
                string name = tokens.Take().Text;
                tokens.Take();
                named.Add((name, Read()));
            }
            else
            {
                positional.Add(named.Count == 0 ? Read() : throw tokens.Unexpected("an argument with a name"));
            }
        }

        return new(positional, named);
    }

    private Expression Or() => Chain(And, "or", isAnd: false);

    private Expression And() => Chain(Negation, "and", isAnd: true);

    private Expression Chain(Func<Expression> next, string word, bool isAnd)
    {
        Expression left = next();
        while (tokens.Current.IsName(word))
        {
            Place place = tokens.Take().Place;
            left = new Either(isAnd, left, next(), place);
        }

        return left;
    }

    private Expression Negation()
    {
        Place place = tokens.Current.Place;
        return tokens.SkipName("not") ? new Not(Negation(), place) : Compare();
    }

    private Expression Compare()
    {
        Expression first = Sum();
        List<(string, Expression)> others = [];
        Place place = tokens.Current.Place;
        while (true)
        {
            if (tokens.Current.Kind == TokenKind.Sign && Comparisons.Contains(tokens.Current.Text))
            {
                others.Add((tokens.Take().Text, Sum()));
            }
            else if (tokens.SkipName("in"))
            {
                others.Add(("in", Sum()));
            }
            else if (tokens.Current.IsName("not") && tokens.Following.IsName("in"))
            {
                tokens.Take();
                tokens.Take();
                others.Add(("not in", Sum()));
            }
            else
            {
                return others.Count == 0 ? first : new Comparison(first, others, place);
            }
        }
    }

    private Expression Sum() => Calculate(Concatenation, "+", "-");

    private Expression Concatenation()
    {
        Expression left = Product();
        while (tokens.Current.IsSign("~"))
        {
            Place place = tokens.Take().Place;
            left = new Joined(left, Product(), place);
        }

        return left;
    }

    private Expression Product() => Calculate(() => Signed(hasFilters: true), "*", "/", "//", "%");

    private Expression Calculate(Func<Expression> next, params string[] signs)
    {
        Expression left = next();
        while (tokens.Current.Kind == TokenKind.Sign && signs.Contains(tokens.Current.Text))
        {
            Token sign = tokens.Take();
            left = new Calculation(sign.Text, left, next(), sign.Place);
        }

        return left;
    }

    private Expression Signed(bool hasFilters)
    {
        Token sign = tokens.Current;
        Expression value = tokens.Skip("-") ? new Negative(Signed(hasFilters: false), sign.Place)
            : tokens.Skip("+") ? Signed(hasFilters: false)
            : Behind(Primary());
        return hasFilters ? FiltersAndTests(value) : value;
    }

    private Expression FiltersAndTests(Expression value)
    {
        while (true)
        {
            Token sign = tokens.Current;
            if (tokens.Skip("|"))
            {
                value = Filter(value);
            }
            else if (tokens.SkipName("is"))
            {
                value = Test(value);
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

    private Filtered Filter(Expression value)
    {
        Token name = tokens.Expect(TokenKind.Name, "the name of a filter");
        return Filters.Has(name.Text)
            ? new Filtered(value, name.Text, ReadArguments(), name.Place)
            : throw new TemplateException($"the filter '{name.Text}' is not supported.", name.Place);
    }

    private Expression Test(Expression value)
    {
        bool isNegated = tokens.SkipName("not");
        Token name = tokens.Expect(TokenKind.Name, "the name of a test");
        if (!Tests.Has(name.Text))
        {
            throw new TemplateException($"the test '{name.Text}' is not supported.", name.Place);
        }

        CallArguments arguments = tokens.Current.IsSign("(") ? ReadArguments()
            : TakesArgument() ? new CallArguments([Behind(Primary())], [])
            : CallArguments.None;
        Expression tested = new Tested(value, name.Text, arguments, name.Place);
        return isNegated ? new Not(tested, name.Place) : tested;
    }

    private bool TakesArgument() => tokens.Current switch
    {
        { Kind: TokenKind.String or TokenKind.Integer or TokenKind.Float } => true,
        { Kind: TokenKind.Name } word => !BehindTest.Contains(word.Text),
        var sign => sign.IsSign("[") || sign.IsSign("{"),
    };
}
