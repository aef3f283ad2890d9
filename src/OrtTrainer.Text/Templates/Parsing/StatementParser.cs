using OrtTrainer.Text.Templates.Expressions;
using OrtTrainer.Text.Templates.Statements;

namespace OrtTrainer.Text.Templates.Parsing;

/// <summary>Reads the statements of a template.</summary>
internal sealed class StatementParser
{
    private readonly TokenCursor _tokens;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private StatementParser(IReadOnlyList<Token> tokens)
    {
        _tokens = new TokenCursor(tokens);
        _expressions = new ExpressionParser(_tokens);
    }

    /// <summary>A whole template.</summary>
    /// <exception cref="TemplateException">It is malformed, or uses what is not supported.</exception>
    public static Body Read(string template)
    {
        StatementParser parser = new(Lexer.Tokens(template));
        Body body = parser.ReadBody();
        return parser._tokens.Current.Kind == TokenKind.End ? body : throw parser._tokens.Unexpected("a statement");
    }

    /// <summary>Statements up to one that is not theirs, of which the beginning and no more is read.</summary>
    private Body ReadBody(params string[] ends)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        List<Statement> statements = [];
        while (_tokens.Current.Kind != TokenKind.End)
        {
            Token token = _tokens.Take();
            if (token.Kind == TokenKind.Text)
            {
                statements.Add(new WriteText(token.Text, token.Place));
            }
            else if (token.Kind == TokenKind.OutputBegin)
            {
                statements.Add(new WriteValue(_expressions.ReadTuple(), token.Place));
                _tokens.Expect(TokenKind.OutputEnd, "'}}'");
            }
            else if (ends.Contains(_tokens.Current.Text))
            {
                return new(statements);
            }
            else
            {
                statements.Add(ReadStatement());
            }
        }

        return ends.Length == 0 ? new(statements) : throw _tokens.Unexpected($"'{{% {ends[^1]} %}}'");
    }

    private Statement ReadStatement()
    {
        Token word = _tokens.Expect(TokenKind.Name, "a statement");
        return word.Text switch
        {
            "if" => ReadIf(word.Place),
            "for" => ReadFor(word.Place),
            "set" => ReadSet(word.Place),
            "macro" => ReadMacro(word.Place),
            "generation" => ReadGeneration(word.Place),
            "break" when _loops > 0 => Ended(new Leave(Flow.Ended, word.Place)),
            "continue" when _loops > 0 => Ended(new Leave(Flow.NextItem, word.Place)),
            _ => throw new TemplateException($"the statement '{word.Text}' is not supported here.", word.Place),
        };
    }

    private T Ended<T>(T statement)
    {
        _tokens.Expect(TokenKind.BlockEnd, "'%}'");
        return statement;
    }

    /// <summary>A body behind the end of a tag.</summary>
    private Body ReadInner(params string[] ends)
    {
        _tokens.Expect(TokenKind.BlockEnd, "'%}'");
        return ReadBody(ends);
    }

    private If ReadIf(Place place)
    {
        List<(Expression, Body)> cases = [];
        do
        {
            Expression condition = _expressions.ReadTuple();
            cases.Add((condition, ReadInner("elif", "else", "endif")));
        }
        while (_tokens.SkipName("elif"));

        Body? otherwise = _tokens.SkipName("else") ? ReadInner("endif") : null;
        _tokens.Take();
        return Ended(new If(cases, otherwise, place));
    }

    private For ReadFor(Place place)
    {
        List<string> names = ReadNames();
        if (!_tokens.SkipName("in"))
        {
            throw _tokens.Unexpected("'in'");
        }

        Expression items = _expressions.ReadWithoutCondition();
        Expression? condition = _tokens.SkipName("if") ? _expressions.Read() : null;
        _loops++;
        Body body = ReadInner("else", "endfor");
        _loops--;
        Body? otherwise = _tokens.SkipName("else") ? ReadInner("endfor") : null;
        _tokens.Take();
        return Ended(new For(names, items, condition, body, otherwise, place));
    }

    private List<string> ReadNames()
    {
        bool isInside = _tokens.Skip("(");
        List<string> names = [];
        do
        {
            names.Add(_tokens.Expect(TokenKind.Name, "a name").Text);
        }
        while (_tokens.Skip(","));

        if (isInside)
        {
            _tokens.Expect(")");
        }

        return names;
    }

    private Statement ReadSet(Place place)
    {
        List<string> names = ReadNames();
        if (names is [var fields] && _tokens.Skip("."))
        {
            string field = _tokens.Expect(TokenKind.Name, "the name of a field").Text;
            _tokens.Expect("=");
            return Ended(new SetField(fields, field, _expressions.ReadTuple(), place));
        }

        if (_tokens.Skip("="))
        {
            return Ended(new Set(names, _expressions.ReadTuple(), place));
        }

        if (names is not [var target] || _tokens.Current.Kind != TokenKind.BlockEnd)
        {
            throw _tokens.Unexpected("'='");
        }

        Body body = ReadInner("endset");
        _tokens.Take();
        return Ended(new SetText(target, body, place));
    }

    private Macro ReadMacro(Place place)
    {
        string name = _tokens.Expect(TokenKind.Name, "the name of a macro").Text;
        List<(string, Expression?)> parameters = [];
        _tokens.Expect("(");
        while (!_tokens.Skip(")"))
        {
            if (parameters.Count > 0)
            {
                _tokens.Expect(",");
            }

            string parameter = _tokens.Expect(TokenKind.Name, "the name of a parameter").Text;
            parameters.Add((parameter, _tokens.Skip("=") ? _expressions.Read() : null));
        }

        int loops = _loops;
        _loops = 0;
        Body body = ReadInner("endmacro");
        _loops = loops;
        _tokens.Take();
        return Ended(new Macro(name, parameters, body, place));
    }

    private Generation ReadGeneration(Place place)
    {
        Body body = ReadInner("endgeneration");
        _tokens.Take();
        return Ended(new Generation(body, place));
    }
}
