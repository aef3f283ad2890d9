namespace OrtTrainer.Common;

/// <summary>
/// The base of every failure that the engine foresees: the message is for the user and says what was found, where, what
/// was expected and what to do. The assemblies below have bases of their own, for they stand without the engine.
/// </summary>
public abstract class OrtTrainerException : Exception
{
    private protected OrtTrainerException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
