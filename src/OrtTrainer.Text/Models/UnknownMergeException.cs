namespace OrtTrainer.Text.Models;

/// <summary>A merge names a token that the vocabulary lacks.</summary>
internal sealed class UnknownMergeException(string message) : Exception(message);
