using System.Diagnostics;
using System.Text;
using OrtTrainer.Cli;
using OrtTrainer.Runtime.OnDevice;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.OnDevice;

/// <summary>
/// The program in a process of its own whose library with the training API is the stand-in: a C file that is compiled
/// here, with the functions of <see cref="StandInTable"/>.
/// </summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Calls">The calls of the training API, a line each; none where there were none.</param>
internal sealed record StandInRun(int ExitCode, string Output, string Error, IReadOnlyList<string> Calls)
{
    /// <summary>The first word of the child's command line.</summary>
    public const string Word = "stand-in";

    private static readonly Lazy<(string? Library, string? Reason)> Library = new(Compile);

    /// <summary>Runs a command line of the program, and interrupts it at the first line of its output that has a part;
    /// skips the test where there is no C compiler.</summary>
    public static StandInRun Of(
        IReadOnlyList<string> words, bool constantGradient = false, string? interruptedAt = null)
    {
        if (Library.Value is not ({ } library, _))
        {
            Assert.Ignore(Library.Value.Reason!);
            throw new UnreachableException();
        }

        using TemporaryFolder folder = new();
        string log = folder.File("calls.log");
        ProcessStartInfo start = Start([Word, library, log, .. words]);
        start.Environment[TrainingLibrary.Variable] = library;
        if (constantGradient)
        {
            start.Environment[StandInSession.ConstantGradient] = "1";
        }

        return Of(start, log, interruptedAt);
    }

    /// <summary>Runs a command line with no library named, or another one.</summary>
    public static StandInRun Without(IReadOnlyList<string> words, string? library = null)
    {
        ProcessStartInfo start = new("dotnet", ["exec", typeof(CliApp).Assembly.Location, .. words]);
        start.Environment.Remove(TrainingLibrary.Variable);
        if (library is not null)
        {
            start.Environment[TrainingLibrary.Variable] = library;
        }

        return Of(start, log: null);
    }

    /// <summary>What the child does.</summary>
    public static int Main(string library, string log, string[] words)
    {
        StandInTable.Install(library, log);
        using Interruption interruption = new();
        return CliApp.RunAsync(words, Terminal.OfProcess(), interruption.Token).GetAwaiter().GetResult();
    }

    private static ProcessStartInfo Start(IReadOnlyList<string> words) =>
        new("dotnet", ["exec", typeof(StandInRun).Assembly.Location, .. words]);

    private static StandInRun Of(ProcessStartInfo start, string? log, string? interruptedAt = null)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        StringBuilder output = new();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            output.AppendLine(line);
            if (interruptedAt is not null && line.Contains(interruptedAt, StringComparison.Ordinal))
            {
                interruptedAt = null;
                Process.Start("kill", ["-INT", $"{process.Id}"]).WaitForExit();
            }
        }

        process.WaitForExit();
        return new StandInRun(
            process.ExitCode, output.ToString(), error.Result,
            log is null || !File.Exists(log) ? [] : File.ReadAllLines(log));
    }

    private static (string? Library, string? Reason) Compile()
    {
        string source = Path.Combine(
            SharedFiles.RepositoryRoot, "tests", "OrtTrainer.Tests", "OnDevice", "stand_in.c");
        string library = Path.Combine(
            Path.GetTempPath(), $"orttrainer-stand-in-{Environment.ProcessId}", "libonnxruntime.so");
        Directory.CreateDirectory(Path.GetDirectoryName(library)!);
        try
        {
            using Process compiler = Process.Start("cc", ["-shared", "-fPIC", "-o", library, source]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? (library, null) : (null, "cc could not compile stand_in.c.");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (null, $"There is no C compiler, which makes the stand-in's library: {missing.Message}");
        }
    }
}
