namespace OrtTrainer.Text;

/// <summary>A text cannot be cut as asked.</summary>
public sealed class TruncationException(string message) : Exception(message);
