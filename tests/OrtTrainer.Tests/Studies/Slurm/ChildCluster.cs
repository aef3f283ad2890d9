using System.Diagnostics;
using System.Runtime.InteropServices;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Slurm;

namespace OrtTrainer.Tests.Studies.Slurm;

/// <summary>This assembly as the program of jobs, and as a study on a cluster that a test can kill.</summary>
internal sealed class ChildCluster : IDisposable
{
    public const string JobWord = "job";
    public const string StudyWord = "cluster-study";

    private readonly Process _process;

    private ChildCluster(Process process) => _process = process;

    /// <summary>What a job starts.</summary>
    public static WorkerCommand Job => WorkerCommand.Of(typeof(ChildCluster).Assembly, JobWord);

    /// <summary>Does what the words say; null for other words.</summary>
    public static int? Run(string[] words) => words switch
    {
        [JobWord, string file] => RunJob(file),
        [StudyWord, string file, string output, string commands] => RunStudy(file, output, commands),
        _ => null,
    };

    /// <summary>Starts a study.</summary>
    /// <param name="file">The study file.</param>
    /// <param name="output">The study's folder.</param>
    /// <param name="commands">The folder with the cluster's commands.</param>
    public static ChildCluster Start(string file, string output, string commands)
    {
        WorkerCommand command = WorkerCommand.Of(typeof(ChildCluster).Assembly, StudyWord, file, output, commands);
        return new ChildCluster(Process.Start(
            new ProcessStartInfo(command.Program, command.Arguments) { RedirectStandardOutput = true })!);
    }

    /// <summary>Waits until so many events of a kind were told; false if the study ended before.</summary>
    public bool WaitFor(string kind, int count)
    {
        while (count > 0 && _process.StandardOutput.ReadLine() is { } line)
        {
            count -= line == kind ? 1 : 0;
        }

        return count == 0;
    }

    /// <summary>kill -9 of the study alone.</summary>
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

    private static int RunJob(string file)
    {
        using CancellationTokenSource told = new();
        using PosixSignalRegistration signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            told.Cancel();
        });
        return StudyWorker.RunJobAsync(file, told.Token).GetAwaiter().GetResult();
    }

    private static int RunStudy(string file, string output, string commands)
    {
        SlurmOptions options = new() { Worker = Job, Commands = commands, PollSeconds = 0.3 };
        StudyEvents events = new(value => Console.WriteLine(value.GetType().Name));
        Study.RunAsync(new StudyOptions { File = file, Output = output, Slurm = options }, events)
            .GetAwaiter().GetResult();
        return 0;
    }
}
