using System.Diagnostics;
using OrtTrainer.Studies;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Studies;

/// <summary>A study with two workers at a time, in a process of its own that a test can kill.</summary>
internal sealed class ChildStudy : IDisposable
{
    public const string StudyWord = "study";
    public const string WorkerWord = "worker";

    private readonly Process _process;

    private ChildStudy(Process process) => _process = process;

    /// <summary>What starts a worker of this assembly.</summary>
    public static WorkerCommand Worker =>
        WorkerCommand.Of(typeof(ChildRun).Assembly, WorkerWord);

    public static StudyOptions Options(string file, string output) =>
        new() { File = file, Output = output, Jobs = 2, Threads = 2, Worker = Worker };

    /// <summary>Runs the study, and prints a line per event.</summary>
    public static int Run(string file, string output)
    {
        StudyEvents events = new(value => Console.WriteLine(value.GetType().Name));
        Study.RunAsync(Options(file, output), events).GetAwaiter().GetResult();
        return 0;
    }

    public static ChildStudy Start(string file, string output)
    {
        WorkerCommand command = WorkerCommand.Of(typeof(ChildRun).Assembly, StudyWord, file, output);
        return new ChildStudy(Process.Start(
            new ProcessStartInfo(command.Program, command.Arguments) { RedirectStandardOutput = true })!);
    }

    /// <summary>Waits for so many events, and then some time; false if the study ended before.</summary>
    public bool WaitForEvents(int count, TimeSpan more)
    {
        for (int seen = 0; seen < count; seen++)
        {
            if (_process.StandardOutput.ReadLine() is null)
            {
                return false;
            }
        }

        Thread.Sleep(more);
        return !_process.HasExited;
    }

    /// <summary>kill -9 of the study alone; its workers are left to themselves.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: false);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
