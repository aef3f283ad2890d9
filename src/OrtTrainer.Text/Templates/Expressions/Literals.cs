using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text.Templates.Expressions;

/// <summary>A text, number, truth value or none.</summary>
internal sealed record Literal(object? Content, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope) => Content;
}

/// <summary>A name.</summary>
internal sealed record Name(string Text, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope) => scope[Text];
}

/// <summary>A list or a tuple.</summary>
internal sealed record ListOf(IReadOnlyList<Expression> Items, Place Place) : Expression(Place)
{
    public bool IsTuple { get; init; }

    private protected override object? Compute(Scope scope)
    {
        IEnumerable<object?> items = Items.Select(item => item.Value(scope));
        return IsTuple ? new Values.Tuple(items) : new List<object?>(items);
    }
}

/// <summary>A mapping.</summary>
internal sealed record MappingOf(IReadOnlyList<(Expression Key, Expression Value)> Fields, Place Place)
    : Expression(Place)
{
    private protected override object? Compute(Scope scope)
    {
        Mapping mapping = [];
        foreach ((Expression key, Expression value) in Fields)
        {
            mapping[key.Value(scope) ?? throw new TemplateException("none cannot be a key.")] = value.Value(scope);
        }

        return mapping;
    }
}
