namespace OrtTrainer.Text.Alignment;

/// <summary>
/// One code point of a rewritten text and the code points Start..End of the text before that it stands for.
/// </summary>
internal readonly record struct MappedPoint(int CodePoint, int Start, int End);
