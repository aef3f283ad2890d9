namespace OrtTrainer.Data.Sources;

/// <summary>Content that was opened.</summary>
/// <param name="Stream">A table of columns as it is, or text in UTF-8.</param>
/// <param name="Start">The first bytes.</param>
/// <param name="IsColumnar">Whether it is a table of columns.</param>
internal sealed record OpenedContent(Stream Stream, byte[] Start, bool IsColumnar);
