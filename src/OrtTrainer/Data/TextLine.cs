namespace OrtTrainer.Data;

/// <summary>One line of a file without its line break.</summary>
/// <param name="Number">The line's 1-based number.</param>
/// <param name="Text">The line, decoded.</param>
internal readonly record struct TextLine(int Number, string Text);
