using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads what Split and Replace look for.</summary>
internal static class PatternReader
{
    /// <summary>A pattern: an object with one field, String or Regex.</summary>
    public static TextPattern Read(JsonField field)
    {
        if (field.Optional("String") is { } literal)
        {
            return TextPattern.Literal(literal.Text());
        }

        JsonField expression = field.Optional("Regex")
            ?? throw field.Expected("an object with a field String or Regex");
        try
        {
            return TextPattern.Expression(expression.Text(), expression.Place);
        }
        catch (ArgumentException exception)
        {
            throw expression.Fail($"is not a regular expression .NET can read ({exception.Message})");
        }
    }

    /// <summary>A split behaviour by its name.</summary>
    public static SplitBehavior ReadBehavior(JsonField field) =>
        Array.IndexOf(Enum.GetNames<SplitBehavior>(), field.Text()) is var place and >= 0
            ? Enum.GetValues<SplitBehavior>()[place]
            : throw field.Expected(string.Join(", ", Enum.GetNames<SplitBehavior>()));
}
