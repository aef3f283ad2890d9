using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text.Templates.Expressions;

/// <summary>A field or method behind a point: a method goes before a field of the same name.</summary>
internal sealed record Field(Expression Object, string FieldName, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope) => Object.Value(scope) switch
    {
        Undefined missing => throw missing.Missing,
        FieldSet fields => fields.TryGetValue(FieldName, out object? value) ? value : Absent,
        LoopState loop => loop.Field(FieldName) ?? Absent,
        var value when Methods.Of(value, FieldName) is { } method => method,
        Mapping mapping => mapping.TryGetValue(FieldName, out object? field) ? field : Absent,
        _ => Absent,
    };

    private Undefined Absent => new($"'{FieldName}'");
}

/// <summary>What stands in brackets behind a value: a field goes before a method of the same name.</summary>
internal sealed record Item(Expression Object, Expression Key, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope)
    {
        (object? value, object? key) = (Object.Value(scope), Key.Value(scope));
        return value is FieldSet or LoopState && key is string name
            ? new Field(new Literal(value, Place), name, Place).Value(scope)
            : Sequence.Item(value, key) is var found && found is Undefined && key is string method
            ? Methods.Of(value, method) ?? found
            : found;
    }
}

/// <summary>A part of a list or text.</summary>
internal sealed record Slice(
    Expression Object, Expression? Start, Expression? Stop, Expression? Step, Place Place) : Expression(Place)
{
    private protected override object? Compute(Scope scope) => Sequence.Slice(
        Object.Value(scope), Bound(Start, scope), Bound(Stop, scope), Bound(Step, scope) ?? 1);

    private static long? Bound(Expression? bound, Scope scope) => bound?.Value(scope) switch
    {
        null => null,
        long index => index,
        var other => throw new TemplateException(
            $"{ValueText.Kind(other)} bounds a slice; expected a whole number."),
    };
}
