using OrtTrainer.Studies.Slurm;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Studies.Slurm;

/// <summary>
/// Commands of a cluster that is none: what each does is a few lines of sh. For answers that a real cluster of one node
/// does not give, or not soon.
/// </summary>
internal sealed class StandInCluster : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>A cluster that takes every array, and in which every job is over before it was seen.</summary>
    public StandInCluster()
    {
        // Numbers arrays 1, 2, ... and keeps the arrays' scripts under their numbers.
        Set("sbatch", """
            count=$(($(ls "$0".d 2>/dev/null | wc -l) + 1))
            mkdir -p "$0".d
            cp "$2" "$0".d/$count
            echo $count
            """);
        Set("squeue", "");
        Set("scancel", "echo \"$@\" >>\"$0\".log");
        Set("scontrol", "[ \"$2\" != config ] || echo 'MaxArraySize            = 1001'");
    }

    public SlurmOptions Options => new()
    {
        Worker = new OrtTrainer.Studies.WorkerCommand("/bin/true", []),
        Commands = _folder.Path,
        PollSeconds = 0.01,
        Grace = TimeSpan.Zero,
    };

    /// <summary>The scripts that sbatch took, in order.</summary>
    public string[] Submitted => !Directory.Exists(_folder.File("sbatch.d"))
        ? []
        : [.. Directory.GetFiles(_folder.File("sbatch.d")).OrderBy(file => int.Parse(Path.GetFileName(file)))
            .Select(File.ReadAllText)];

    /// <summary>What scancel was told, a line a call.</summary>
    public string[] Cancelled =>
        File.Exists(_folder.File("scancel.log")) ? File.ReadAllLines(_folder.File("scancel.log")) : [];

    /// <summary>Gives a command other lines.</summary>
    public void Set(string command, string lines)
    {
        string file = _folder.Write(command, $"#!/bin/sh\n{lines}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The lines of a command.</summary>
    public string ScriptOf(string command) => File.ReadAllText(_folder.File(command)).Split('\n', 2)[1];

    /// <summary>Lets scontrol say this of every job.</summary>
    public void SetRecord(string fields) =>
        Set("scontrol", $"[ \"$2\" != config ] || exit 0\necho 'JobId=7 ArrayJobId=7 ArrayTaskId=0 {fields}'");

    /// <summary>Lets every job of an array say, as it is submitted, how it ended.</summary>
    /// <param name="state">The text of the jobs' files.</param>
    public void SetStates(string state) => Set("sbatch", $$"""
        count=$(($(ls "$0".d 2>/dev/null | wc -l) + 1))
        mkdir -p "$0".d
        cp "$2" "$0".d/$count
        for run in "$(dirname "$2")"/run-*.json; do echo '{{state}}' >"${run%.json}.state.json"; done
        echo $count
        """);

    public void Dispose() => _folder.Dispose();
}
