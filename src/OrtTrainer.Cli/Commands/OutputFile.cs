using OrtTrainer.Cli.Arguments;
using OrtTrainer.Common;

namespace OrtTrainer.Cli.Commands;

/// <summary>The file that a command writes what it found to.</summary>
internal static class OutputFile
{
    /// <summary>Refuses, before any work, to write over a file, and always over one that is read.</summary>
    /// <param name="arguments">The file, and whether one that is there may be replaced.</param>
    /// <param name="input">What is read; - for standard input.</param>
    /// <exception cref="RunException">It is refused.</exception>
    public static void Require(IOutputArguments arguments, string? input)
    {
        if (arguments.Output is not { } output || !File.Exists(output))
        {
            return;
        }

        if (input is not null && Path.GetFullPath(input) == Path.GetFullPath(output))
        {
            throw new RunException($"{output} is what is read, and stays as it is. Choose another --output.");
        }

        if (!arguments.Overwrites)
        {
            throw new RunException(
                $"{output} is there already and stays as it is. Choose another --output, or give --overwrite.");
        }
    }
}
