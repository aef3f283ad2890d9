using System.Diagnostics;
using OrtTrainer.Cli;

namespace OrtTrainer.Tests.Cli;

/// <summary>The program in a process of its own, stopped in the middle of its work.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="LastLine">The last line of standard output.</param>
internal sealed record InterruptedProcess(int ExitCode, string LastLine)
{
    /// <summary>Starts the program and interrupts it at the first line of its output that has this part.</summary>
    public static InterruptedProcess At(string part, params string[] words) => Stop("-INT", part, words);

    /// <summary>The same, without time for anything: by SIGKILL.</summary>
    public static InterruptedProcess KillAt(string part, params string[] words) => Stop("-KILL", part, words);

    private static InterruptedProcess Stop(string signal, string part, string[] words)
    {
        ProcessStartInfo start = new("dotnet", ["exec", typeof(CliApp).Assembly.Location, .. words])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string? line;
        do
        {
            line = process.StandardOutput.ReadLine();
        }
        while (line?.Contains(part, StringComparison.Ordinal) == false);

        Assert.That(line, Is.Not.Null, $"the process ended without a line with {part}");
        using (Process kill = Process.Start("kill", [signal, $"{process.Id}"]))
        {
            kill.WaitForExit();
        }

        string rest = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new InterruptedProcess(process.ExitCode, rest.TrimEnd().Split('\n')[^1]);
    }
}
