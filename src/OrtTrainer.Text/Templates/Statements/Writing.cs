using OrtTrainer.Text.Templates.Expressions;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text.Templates.Statements;

/// <summary>Writes a text as it is.</summary>
internal sealed record WriteText(string Text, Place Place) : Statement(Place)
{
    private protected override Flow RunIn(Scope scope)
    {
        scope.Output.Append(Text);
        return Flow.On;
    }
}

/// <summary>Writes a value.</summary>
internal sealed record WriteValue(Expression Written, Place Place) : Statement(Place)
{
    private protected override Flow RunIn(Scope scope)
    {
        scope.Output.Append(ValueText.Of(Written.Value(scope)));
        return Flow.On;
    }
}

/// <summary>Marks what a model is to write, as transformers' own statement does.</summary>
internal sealed record Generation(Body Body, Place Place) : Statement(Place)
{
    private protected override Flow RunIn(Scope scope)
    {
        int start = scope.Output.Length;
        Flow flow = Body.Run(scope.Inner());
        (scope.Generated ?? throw new TemplateException(
            "'generation' inside a macro or a value is not supported.")).Add(start..scope.Output.Length);
        return flow;
    }
}
