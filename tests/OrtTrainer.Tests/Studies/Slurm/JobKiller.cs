using System.Diagnostics;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Studies.Slurm;

/// <summary>Ends jobs of a study at random moments: by scancel, or by kill -9 of their program.</summary>
internal sealed class JobKiller(SlurmCluster cluster, string study, ulong seed)
{
    private readonly SeededRandom _random = new(seed);

    /// <summary>How jobs were ended.</summary>
    public HashSet<string> Ways { get; } = [];

    /// <summary>Ends so many jobs.</summary>
    /// <returns>How many it could end before the study did.</returns>
    public async Task<int> KillAsync(int count, CancellationToken ended)
    {
        int killed = 0;
        while (killed < count && !ended.IsCancellationRequested)
        {
            await Task.Delay(100 + _random.NextInt(600), CancellationToken.None);
            Process[] programs = [.. Programs()];
            if (programs.Length > 0)
            {
                // The two ways take turns, the jobs are random.
                killed += End(programs[_random.NextInt(programs.Length)], byCluster: killed % 2 == 0) ? 1 : 0;
            }
        }

        return killed;
    }

    private bool End(Process program, bool byCluster)
    {
        try
        {
            if (byCluster)
            {
                string[] environment = File.ReadAllText($"/proc/{program.Id}/environ").Split('\0');
                cluster.Command("scancel", environment.First(v => v.StartsWith("SLURM_JOB_ID=")).Split('=')[1]);
            }
            else
            {
                program.Kill();
            }

            Ways.Add(byCluster ? "scancel" : "kill -9");
            return true;
        }
        catch (Exception gone) when (gone is InvalidOperationException or IOException)
        {
            return false;
        }
    }

    /// <summary>The programs of jobs of this study that have begun their run.</summary>
    private IEnumerable<Process> Programs()
    {
        foreach (Process process in Process.GetProcesses())
        {
            string[] words = Words(process.Id);
            if (words.Contains(ChildCluster.JobWord) && words[^1].StartsWith(study, StringComparison.Ordinal)
                && File.Exists(words[^1].Replace(".json", ".state.json", StringComparison.Ordinal)))
            {
                yield return process;
            }
        }
    }

    private static string[] Words(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").TrimEnd('\0').Split('\0');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [""];
        }
    }
}
