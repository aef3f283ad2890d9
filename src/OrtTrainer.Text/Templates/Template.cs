using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Templates.Parsing;
using OrtTrainer.Text.Templates.Statements;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text.Templates;

/// <summary>
/// A template in the part of Jinja that chat templates are written in, rendered as transformers does. What is not known
/// is refused by name, with its line and column.
/// </summary>
internal sealed class Template
{
    private readonly Body _body;

    private Template(Body body) => _body = body;

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateException">It is malformed, or uses what is not supported.</exception>
    public static Template Parse(string text) => Guarded(() => new Template(StatementParser.Read(text)));

    /// <summary>Renders it.</summary>
    /// <param name="names">What names stand for: null, bool, long, double, string, <see cref="List{T}"/> or
    /// <see cref="Mapping"/>.</param>
    /// <exception cref="TemplateException">It asks for what there is not, or refuses what it is given.</exception>
    public RenderedText Render(IEnumerable<KeyValuePair<string, object?>> names) => Guarded(() =>
    {
        Scope scope = Scope.Root();
        foreach ((string name, Function function) in Functions.All)
        {
            scope[name] = function;
        }

        foreach ((string name, object? value) in names)
        {
            scope[name] = value;
        }

        _body.Run(scope);
        string text = scope.Output.ToString();
        return new RenderedText(text, [.. scope.Generated!.Select(range => InCodePoints(text, range))]);
    });

    private static TextRange InCodePoints(string text, Range range)
    {
        int start = Points(0, range.Start.Value);
        return new(start, start + Points(range.Start.Value, range.End.Value));

        int Points(int from, int to) => CodePoints.From(text.AsSpan(from, to - from)).Length;
    }

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (InsufficientExecutionStackException)
        {
            throw new TemplateException("it is nested too deeply.");
        }
    }
}

/// <summary>What a template makes.</summary>
/// <param name="Text">The text.</param>
/// <param name="Generated">The ranges of it that are marked as written by the model.</param>
internal sealed record RenderedText(string Text, IReadOnlyList<TextRange> Generated);
