using System.Text;

namespace OrtTrainer.Studies.Slurm;

/// <summary>The script that sbatch gets: plain sh, for the administrators of a cluster to read.</summary>
internal static class JobScript
{
    /// <summary>Exit code of a job whose node does not see the study's folder, or cannot write to it.</summary>
    public const int NoFolder = 66;

    /// <summary>Exit code of a job whose node does not have the program.</summary>
    public const int NoProgram = 67;

    /// <summary>Writes the script of an array.</summary>
    /// <param name="options">What each job asks the cluster for.</param>
    /// <param name="array">The array.</param>
    /// <param name="study">Full path of the study's folder.</param>
    /// <param name="excluded">Nodes not to run on.</param>
    public static string Of(SlurmOptions options, JobArray array, string study, IReadOnlyCollection<string> excluded)
    {
        StringBuilder script = new("#!/bin/sh\n");
        foreach (string option in Requests(options, array, excluded))
        {
            script.Append($"#SBATCH --{option}\n");
        }

        string[] program = [options.Worker.Program, .. options.Worker.Arguments];
        return script.Append($$"""

            # Runs of the study in {{ShellText.OneLine(study)}},
            # one per job of this array: runs.tsv beside this file has the list, run-N.log what a job prints,
            # run-N.state.json how far it is. Written by 'orttrainer study --engine slurm'.

            array={{ShellText.Quoted(array.Path)}}
            run="$array/run-$SLURM_ARRAY_TASK_ID"

            # What stands in the way goes into the job's comment too (scontrol show job), since the log may be out of
            # reach.
            give_up() {
              echo "$2" >&2
              scontrol update JobId="$SLURM_JOB_ID" Comment="$2" >/dev/null 2>&1
              exit "$1"
            }

            see_folder() {
              [ -r "$run.json" ] && [ -w "$array" ] || give_up {{NoFolder}} \
                "node $(uname -n) does not see, or cannot write to, $array, which all nodes must share"
            }

            see_folder
            command -v {{ShellText.Quoted(program[0])}} >/dev/null || give_up {{NoProgram}} \
              "node $(uname -n) does not have the program "{{ShellText.Quoted(program[0])}}
            echo "{{JobLog.Start}}${SLURM_JOB_ID:-none} on $(uname -n), $(date)"

            # Slurm sends SIGTERM before it kills: the program then saves a checkpoint, and this shell waits for it.
            trap : TERM INT
            {{string.Join(' ', program.Select(ShellText.Quoted))}} "$run.json"
            status=$?
            echo "exit code $status, $(date)"
            see_folder
            exit $status

            """).ToString();
    }

    /// <summary>A path as sbatch reads it, with a place for the number of the run.</summary>
    private static string Quoted(string path)
    {
        string plain = path.Replace("%", "%%", StringComparison.Ordinal).Replace("%%a", "%a", StringComparison.Ordinal);
        return plain.Any(letter => char.IsWhiteSpace(letter) || letter is '\'' or '#') ? $"\"{plain}\"" : plain;
    }

    private static IEnumerable<string> Requests(
        SlurmOptions options, JobArray array, IReadOnlyCollection<string> excluded)
    {
        yield return $"job-name={array.JobName}";
        yield return $"array=0-{array.Runs.Count - 1}{(options.ArrayLimit is { } limit ? $"%{limit}" : "")}";
        yield return $"output={Quoted(array.LogFile("%a"))}";
        yield return "open-mode=append";
        yield return "chdir=/";
        yield return "requeue";
        yield return $"cpus-per-task={options.Cpus}";
        foreach ((string name, string? value) in new[]
        {
            ("partition", options.Partition), ("account", options.Account), ("gres", options.Gres),
            ("time", options.Time), ("mem", options.Memory),
            ("exclude", excluded.Count > 0 ? string.Join(',', excluded) : null),
        })
        {
            if (value is not null)
            {
                yield return $"{name}={value}";
            }
        }

        foreach (string other in options.SbatchOption)
        {
            string[] parts = other.Split('=', 2);
            yield return parts is [_, { } value] && value.Any(char.IsWhiteSpace) ? $"{parts[0]}=\"{value}\"" : other;
        }
    }
}
