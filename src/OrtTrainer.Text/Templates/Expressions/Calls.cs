using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text.Templates.Expressions;

/// <summary>What a function, filter or test is called with.</summary>
internal sealed record CallArguments(
    IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named)
{
    public static CallArguments None { get; } = new([], []);

    public Arguments Values(Scope scope) => new(
        [.. Positional.Select(argument => argument.Value(scope))],
        Named.ToDictionary(argument => argument.Name, argument => argument.Value.Value(scope)));
}

/// <summary>A function that is called.</summary>
internal sealed record Call(Expression Callee, CallArguments Arguments, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope) => Callee.Value(scope) switch
    {
        Function function => function(Arguments.Values(scope)),
        Undefined missing => throw missing.Missing,
        var other => throw new TemplateException($"{ValueText.Kind(other)} cannot be called."),
    };
}

/// <summary>A value that goes through a filter.</summary>
internal sealed record Filtered(Expression Operand, string Filter, CallArguments Arguments, Place Place)
    : Expression(Place)
{
    private protected override object? Compute(Scope scope) =>
        Filters.Named(Filter)(Operand.Value(scope), Arguments.Values(scope));
}

/// <summary>Whether a value is of a kind.</summary>
internal sealed record Tested(Expression Operand, string Test, CallArguments Arguments, Place Place)
    : Expression(Place)
{
    private protected override object? Compute(Scope scope) =>
        Tests.Named(Test)(Operand.Value(scope), Arguments.Values(scope));
}
