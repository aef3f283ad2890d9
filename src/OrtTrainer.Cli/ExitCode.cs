namespace OrtTrainer.Cli;

/// <summary>What the process returns.</summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>The work failed; a line on standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was done.</summary>
    public const int BadUsage = 2;

    /// <summary>Ended by Ctrl-C or SIGTERM, as shells expect it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
