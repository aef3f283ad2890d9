namespace OrtTrainer.Text.Alignment;

/// <summary>
/// One code point of a rewritten text and how it relates to the text it was rewritten from.
/// </summary>
/// <param name="CodePoint">The new Unicode code point.</param>
/// <param name="Delta">
/// 0: it takes the place of the next old code point. Positive: it is an addition and shares the range of the old code
/// point before it. -n: it takes the place of the next old code point and the n old ones after that are dropped.
/// </param>
internal readonly record struct Change(int CodePoint, int Delta);
