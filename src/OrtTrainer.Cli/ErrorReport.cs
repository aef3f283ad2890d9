using OrtTrainer.Common;
using OrtTrainer.Runtime;
using OrtTrainer.Text;

namespace OrtTrainer.Cli;

/// <summary>
/// What the user is told of a failure: one line that says what to do, or, of a failure nobody foresaw, what it was.
/// </summary>
internal static class ErrorReport
{
    /// <summary>Prints a failure.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="verbose">Whether to add the stack trace.</param>
    /// <returns>The exit code.</returns>
    public static int Print(Exception failure, TextWriter error, bool verbose)
    {
        error.WriteLine(IsForTheUser(failure)
            ? $"error: {OneLine(failure.Message)}"
            : $"error: unexpected {failure.GetType().Name}: {OneLine(failure.Message)}");
        if (verbose)
        {
            error.WriteLine(failure);
        }
        else if (!IsForTheUser(failure))
        {
            error.WriteLine("Add --verbose for where it happened, and please report it.");
        }

        return failure is UsageException ? ExitCode.BadUsage : ExitCode.Failed;
    }

    /// <summary>Whether the message of an exception was written for the user.</summary>
    private static bool IsForTheUser(Exception failure) => failure
        is OrtTrainerException or RuntimeFailureException or DeviceException or TruncationException
        or InvalidDataException or IOException or UnauthorizedAccessException;

    private static string OneLine(string text) =>
        string.Join(' ',
            text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
