using System.Diagnostics;
using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Options;

namespace OrtTrainer.Studies;

/// <summary>
/// Does a run in a process of its own, which runs <see cref="StudyWorker"/>. It gets its options on standard input and
/// stops when that ends, so it does not outlive the study by more than a step, however the study ends.
/// </summary>
internal sealed class WorkerProcess(WorkerCommand command) : IStudyWorker
{
    public async Task RunAsync(FineTuneOptions options, Action<WorkerLine> tell, CancellationToken cancellation)
    {
        using Process process = Start();
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string? failure = null;
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(options, RunJson.Options));
            await process.StandardInput.FlushAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // It ended before it read its options; its exit code and last words tell why.
        }

        using (cancellation.Register(process.StandardInput.Close))
        {
            while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } text)
            {
                if (Parse(text) is { } line)
                {
                    failure = line.Failed ?? failure;
                    tell(line);
                }
            }

            await process.WaitForExitAsync(CancellationToken.None);
        }

        if (process.ExitCode == 0)
        {
            return;
        }

        if (process.ExitCode == StudyWorker.Interrupted)
        {
            // A Ctrl-C reaches this process and the worker at once; let this one notice.
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            failure ??= "its process was told to stop; start the study again to go on with it.";
        }

        throw new StudyException(
            failure ?? $"its process ended with exit code {process.ExitCode}: {Last(await errors)}");
    }

    private Process Start()
    {
        try
        {
            return Process.Start(new ProcessStartInfo(command.Program, command.Arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception cause)
        {
            throw new StudyException($"a worker cannot be started by {command.Program}: {cause.Message}", cause);
        }
    }

    /// <summary>Null for a line that a library printed.</summary>
    private static WorkerLine? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<WorkerLine>(text, RunJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Last(string errors) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()
            ?? "it said nothing; killed, perhaps for want of memory.";
}
