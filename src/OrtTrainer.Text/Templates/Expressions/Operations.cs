using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text.Templates.Expressions;

/// <summary>An operator of numbers, texts and lists between two values.</summary>
internal sealed record Calculation(string Sign, Expression Left, Expression Right, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope) =>
        Arithmetic.Apply(Sign, Left.Value(scope), Right.Value(scope));
}

/// <summary>Two values as texts, one behind the other.</summary>
internal sealed record Joined(Expression Left, Expression Right, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope) =>
        ValueText.Of(Left.Value(scope)) + ValueText.Of(Right.Value(scope));
}

/// <summary>A number with the other sign.</summary>
internal sealed record Negative(Expression Operand, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope) => Arithmetic.Apply("-", 0L, Operand.Value(scope));
}

/// <summary>Whether a value is not true.</summary>
internal sealed record Not(Expression Operand, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope) => !Truth.Of(Operand.Value(scope));
}

/// <summary>The first of two values, or the second where the first is not true; or the other way round.</summary>
internal sealed record Either(bool IsAnd, Expression Left, Expression Right, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope) =>
        Left.Value(scope) is var left && Truth.Of(left) == IsAnd ? Right.Value(scope) : left;
}

/// <summary>How values compare, each with the one before it.</summary>
internal sealed record Comparison(
    Expression First, IReadOnlyList<(string Sign, Expression Value)> Others, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope)
    {
        object? left = First.Value(scope);
        foreach ((string sign, Expression value) in Others)
        {
            object? right = value.Value(scope);
            if (!Holds(sign, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private static bool Holds(string sign, object? left, object? right) => sign switch
    {
        "==" => Truth.AreEqual(left, right),
        "!=" => !Truth.AreEqual(left, right),
        "in" => Truth.Contains(right, left),
        "not in" => !Truth.Contains(right, left),
        "<" => Truth.Compare(left, right) < 0,
        "<=" => Truth.Compare(left, right) <= 0,
        ">" => Truth.Compare(left, right) > 0,
        _ => Truth.Compare(left, right) >= 0,
    };
}

/// <summary>One value or another, as a third is true or not.</summary>
internal sealed record Conditional(Expression Condition, Expression Then, Expression? Else, Place Place)
    : Expression(Place)
{
    private protected override object? Compute(Scope scope) =>
        Truth.Of(Condition.Value(scope)) ? Then.Value(scope)
        : Else is null ? new Undefined("what a condition without 'else' leaves out") : Else.Value(scope);
}
