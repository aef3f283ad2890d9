namespace OrtTrainer.Cli.Completion;

/// <summary>What follows an option.</summary>
internal enum CompletedValue
{
    /// <summary>Nothing: it is a switch.</summary>
    None,

    /// <summary>Anything, such as a number.</summary>
    Any,

    /// <summary>One of some words.</summary>
    Word,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A file, or a folder.</summary>
    File,
}
