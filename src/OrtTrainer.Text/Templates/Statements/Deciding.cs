using OrtTrainer.Text.Templates.Expressions;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text.Templates.Statements;

/// <summary>Runs the first body whose condition is true.</summary>
internal sealed record If(IReadOnlyList<(Expression Condition, Body Body)> Cases, Body? Else, Place Place)
    : Statement(Place)
{
    private protected override Flow RunIn(Scope scope)
    {
        foreach ((Expression condition, Body body) in Cases)
        {
            if (Truth.Of(condition.Value(scope)))
            {
                return body.Run(scope);
            }
        }

        return Else?.Run(scope) ?? Flow.On;
    }
}

/// <summary>Runs a body for every item; names that it sets are gone behind it.</summary>
internal sealed record For(
    IReadOnlyList<string> Names, Expression Items, Expression? Condition, Body Body, Body? Else, Place Place)
    : Statement(Place)
{
    private protected override Flow RunIn(Scope scope)
    {
        IReadOnlyList<object?> items = Sequence.Of(Items.Value(scope));
        if (Condition is not null)
        {
            items = [.. items.Where(item => Truth.Of(Condition.Value(With(scope, item))))];
        }

        if (items.Count == 0)
        {
            return Else?.Run(scope.Inner()) ?? Flow.On;
        }

        LoopState loop = new(items);
        for (loop.Index = 0; loop.Index < items.Count; loop.Index++)
        {
            Scope inner = With(scope, items[loop.Index]);
            inner["loop"] = loop;
            if (Body.Run(inner) == Flow.Ended)
            {
                break;
            }
        }

        return Flow.On;
    }

    private Scope With(Scope scope, object? item)
    {
        Scope inner = scope.Inner();
        Set.Assign(inner, Names, item);
        return inner;
    }
}

/// <summary>Goes on with the next item, or behind the loop.</summary>
internal sealed record Leave(Flow Flow, Place Place) : Statement(Place)
{
    private protected override Flow RunIn(Scope scope) => Flow;
}
