namespace OrtTrainer.Text.Models;

/// <summary>A token of a word.</summary>
/// <param name="Id">The token's id.</param>
/// <param name="Start">The first code point of the word that it covers.</param>
/// <param name="End">One past the last; part of a code point counts as the whole.</param>
internal readonly record struct ModelToken(int Id, int Start, int End);
