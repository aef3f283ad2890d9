using System.Reflection;
using OrtTrainer.Common;

namespace OrtTrainer.Studies;

/// <summary>A command line that starts a worker of a study.</summary>
/// <param name="Program">The file to execute.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record WorkerCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>
    /// Starts a program of this process's own kind: itself, where it is the program's own executable, else the program
    /// through the <c>dotnet</c> that runs this process.
    /// </summary>
    /// <param name="program">The assembly with the entry point.</param>
    /// <param name="words">What to tell it.</param>
    public static WorkerCommand Of(Assembly program, params string[] words)
    {
        string? self = Environment.ProcessPath;
        bool isDotnet = Path.GetFileNameWithoutExtension(self) == "dotnet";
        if (program == Assembly.GetEntryAssembly() && self is not null && !isDotnet)
        {
            return new WorkerCommand(self, words);
        }

        string host = isDotnet ? self! : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return new WorkerCommand(host, ["exec", program.Location, .. words]);
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
