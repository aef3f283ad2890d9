namespace OrtTrainer.Text.Templates.Values;

/// <summary>A tuple of Python, which is a list that is written in parentheses and equals no other list.</summary>
internal sealed class Tuple(IEnumerable<object?> items) : List<object?>(items);
