namespace OrtTrainer.Graph;

/// <summary>
/// A graph cannot be built, read or differentiated; the message names the node or value and what was expected.
/// </summary>
public sealed class GraphException : Exception
{
    public GraphException(string message)
        : base(message)
    {
    }

    public GraphException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
