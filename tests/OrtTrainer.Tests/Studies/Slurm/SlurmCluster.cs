using System.Diagnostics;
using OrtTrainer.Studies.Slurm;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Studies.Slurm;

/// <summary>A real Slurm cluster of one node, this machine, that <c>tools/slurm/local.sh</c> starts.</summary>
internal sealed class SlurmCluster : IDisposable
{
    private const int Processors = 2;

    private static readonly string Tool = Path.Combine(SharedFiles.RepositoryRoot, "tools", "slurm", "local.sh");

    private readonly TemporaryFolder _folder = new();

    private SlurmCluster()
    {
    }

    /// <summary>The cluster's commands, which find no other cluster.</summary>
    public string Commands => _folder.File("commands");

    public SlurmOptions Options => new()
    {
        Worker = ChildCluster.Job,
        Commands = Commands,
        PollSeconds = 0.3,
        Grace = TimeSpan.FromSeconds(5),
    };

    private string State => _folder.File("cluster");

    /// <summary>Starts a cluster; skips the tests where that cannot be.</summary>
    public static SlurmCluster Start()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("A Slurm cluster of one machine is started by root on Linux only.");
        }

        string[] folders = ["/usr/sbin", "/usr/bin", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')];
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "slurmctld"))))
        {
            Assert.Ignore("slurmctld is not installed; 'tools/slurm/local.sh install' does it on Debian.");
        }

        SlurmCluster cluster = new();
        (int code, string output) = Run("bash", Tool, "start", cluster.State, $"{Processors}");
        if (code != 0)
        {
            cluster._folder.Dispose();
            Assert.Ignore($"A Slurm cluster cannot be started on this machine: {output.Trim()}");
        }

        foreach (string command in new[] { "sbatch", "squeue", "scancel", "scontrol" })
        {
            string file = cluster._folder.Write(
                $"commands/{command}", $"#!/bin/sh\nSLURM_CONF='{cluster.State}/slurm.conf' exec {command} \"$@\"\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }
        }

        return cluster;
    }

    /// <summary>What a command of the cluster prints.</summary>
    public string Command(string name, params string[] arguments)
    {
        (int code, string output) = Run(Path.Combine(Commands, name), arguments);
        return code == 0 ? output : throw new InvalidOperationException($"{name} failed: {output}");
    }

    /// <summary>The jobs in the queue, as <c>12_3</c>, in these states.</summary>
    public string[] Jobs(string states) =>
        Command("squeue", "--noheader", "--array", $"--states={states}", "--format=%F_%K")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Starts jobs that wait to be put back at once, where the cluster lets them wait for minutes.</summary>
    public async Task StartWaitingJobsAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            foreach (string job in Jobs("PENDING"))
            {
                // One that has started meanwhile is refused.
                Run(Path.Combine(Commands, "scontrol"), "update", $"JobId={job}", "StartTime=now");
            }

            await Task.Delay(500, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    public void Dispose()
    {
        Run("bash", Tool, "stop", State);
        _folder.Dispose();
    }

    private static (int Code, string Output) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
