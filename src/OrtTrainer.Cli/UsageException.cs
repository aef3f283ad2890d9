using OrtTrainer.Common;

namespace OrtTrainer.Cli;

/// <summary>
/// The command line cannot be understood or asks for something impossible; the message names the option and what it
/// takes.
/// </summary>
internal sealed class UsageException(string message) : OrtTrainerException(message);
