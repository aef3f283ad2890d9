using System.Diagnostics;

namespace OrtTrainer.Tests;

/// <summary>Programs that run on Node.js, and npm, which fetches what they need.</summary>
internal static class NodePrograms
{
    /// <summary>Whether both are there.</summary>
    public static bool AreThere { get; } =
        Start(".", "node", ["--version"]) is not null && Npm(".", "--version") is not null;

    /// <summary>Runs npm in a folder; on Windows it is a script, which only the shell finds.</summary>
    public static (int Code, string Output, string Error)? Npm(string folder, params string[] arguments) =>
        OperatingSystem.IsWindows()
        ? Start(folder, "cmd", ["/c", "npm", .. arguments])
        : Start(folder, "npm", arguments);

    /// <summary>Runs a program in a folder; null where there is no such program.</summary>
    public static (int Code, string Output, string Error)? Start(
        string folder, string program, string[] arguments, string input = "")
    {
        try
        {
            using Process process = StartProcess(folder, program, arguments);
            Task<string> error = process.StandardError.ReadToEndAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            process.WaitForExit();
            return (process.ExitCode, output.Result, error.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Starts a program in a folder, its streams redirected.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static Process StartProcess(string folder, string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new System.Text.UTF8Encoding(false),
            StandardOutputEncoding = System.Text.Encoding.UTF8,
        })!;
}
