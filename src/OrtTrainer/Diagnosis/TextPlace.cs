namespace OrtTrainer.Diagnosis;

/// <summary>A row of the data.</summary>
/// <param name="Split">"train", "eval" or "test".</param>
/// <param name="Line">The line it starts on, from 1.</param>
/// <param name="Text">Its text.</param>
/// <param name="Label">Its label field; null where it has none.</param>
internal sealed record TextPlace(string Split, int Line, string Text, string? Label);
