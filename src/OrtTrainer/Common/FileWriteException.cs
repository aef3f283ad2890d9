namespace OrtTrainer.Common;

/// <summary>A file that could not be written. What was at its path before is untouched.</summary>
internal sealed class FileWriteException : IOException
{
    internal FileWriteException(string path, string reason, string nextStep, Exception inner)
        : base($"{path} could not be written: {reason}. What was there before is untouched. {nextStep}", inner)
    {
        Path = path;
        HResult = inner.HResult;
    }

    /// <summary>Full path of the file that was to be written.</summary>
    public string Path { get; }
}
