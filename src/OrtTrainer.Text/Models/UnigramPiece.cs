namespace OrtTrainer.Text.Models;

/// <summary>A token of a unigram model.</summary>
/// <param name="Text">The text.</param>
/// <param name="Score">Its logarithmic probability.</param>
/// <param name="Kind">What it is for.</param>
internal sealed record UnigramPiece(string Text, double Score, PieceKind Kind = PieceKind.Normal);
