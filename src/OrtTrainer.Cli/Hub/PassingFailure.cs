namespace OrtTrainer.Cli.Hub;

/// <summary>An answer of a server that may be another one later.</summary>
/// <param name="message">What it answered.</param>
/// <param name="wait">How long it asks to wait; null where it does not say.</param>
internal sealed class PassingFailure(string message, TimeSpan? wait) : IOException(message)
{
    /// <summary>How long the server asks to wait; null where it does not say.</summary>
    public TimeSpan? Wait { get; } = wait;
}
