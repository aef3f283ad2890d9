using OrtTrainer.Text.Templates.Expressions;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text.Templates.Statements;

/// <summary>Gives names a value.</summary>
internal sealed record Set(IReadOnlyList<string> Names, Expression Given, Place Place) : Statement(Place)
{
    /// <summary>Gives one name a value, or several the items of it.</summary>
    /// <exception cref="TemplateException">There are not as many items as names.</exception>
    public static void Assign(Scope scope, IReadOnlyList<string> names, object? value)
    {
        if (names is [var only])
        {
            scope[only] = value;
            return;
        }

        IReadOnlyList<object?> items = Sequence.Of(value);
        if (items.Count != names.Count)
        {
            throw new TemplateException($"{items.Count} items are given to {names.Count} names.");
        }

        for (int i = 0; i < names.Count; i++)
        {
            scope[names[i]] = items[i];
        }
    }

    private protected override Flow RunIn(Scope scope)
    {
        Assign(scope, Names, Given.Value(scope));
        return Flow.On;
    }
}

/// <summary>Gives a field of a namespace a value.</summary>
internal sealed record SetField(string Object, string FieldName, Expression Given, Place Place) : Statement(Place)
{
    private protected override Flow RunIn(Scope scope)
    {
        FieldSet fields = scope[Object] as FieldSet
            ?? throw new TemplateException($"'{Object}' is no namespace, whose fields could be set.");
        fields[FieldName] = Given.Value(scope);
        return Flow.On;
    }
}

/// <summary>Gives a name what a body writes.</summary>
internal sealed record SetText(string Target, Body Body, Place Place) : Statement(Place)
{
    private protected override Flow RunIn(Scope scope)
    {
        Scope captured = scope.Captured();
        Body.Run(captured);
        scope[Target] = captured.Output.ToString();
        return Flow.On;
    }
}

/// <summary>Gives a name to a body that can be called, and writes for its parameters.</summary>
internal sealed record Macro(
    string Called, IReadOnlyList<(string Name, Expression? Usual)> Parameters, Body Body, Place Place)
    : Statement(Place)
{
    private protected override Flow RunIn(Scope scope)
    {
        scope[Called] = new Function(given => Write(scope, given));
        return Flow.On;
    }

    private string Write(Scope scope, Arguments given)
    {
        given.Only([.. Parameters.Select(parameter => parameter.Name)]);
        Scope inner = scope.Captured();
        for (int i = 0; i < Parameters.Count; i++)
        {
            (string name, Expression? usual) = Parameters[i];
            inner[name] = given.Has(i, name) ? given.At(i, name)
                : usual is null ? new Undefined($"the parameter '{name}' of {Called}") : usual.Value(inner);
        }

        Body.Run(inner);
        return inner.Output.ToString();
    }
}
