using System.ComponentModel;
using System.Diagnostics;

namespace OrtTrainer.Studies.Slurm;

/// <summary>
/// The commands of a cluster: sbatch, squeue, scancel, scontrol. No sacct, for which many clusters keep no records.
/// </summary>
/// <param name="folder">Where they are; null for the PATH.</param>
internal sealed class SlurmCommands(string? folder)
{
    private static readonly string[] Names = ["sbatch", "squeue", "scancel", "scontrol"];

    /// <summary>The most jobs of an array where the cluster does not say: Slurm's own default.</summary>
    private const int UsualArray = 1001;

    /// <summary>Makes sure that all commands are there.</summary>
    /// <exception cref="StudyException">One is missing.</exception>
    public void Require()
    {
        string[] folders = folder is not null
            ? [folder]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (Names.FirstOrDefault(name => !folders.Any(at => File.Exists(Path.Combine(at, name)))) is { } missing)
        {
            throw new StudyException($"{missing} was not found{(folder is null ? " on the PATH" : $" in {folder}")}: " +
                "studies on Slurm are started where its commands are, usually on a login node of the cluster.");
        }
    }

    /// <summary>Submits an array.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="SlurmRefusal">sbatch refused it.</exception>
    public async Task<string> SubmitAsync(JobArray array)
    {
        (int code, string output, string errors) = await RunAsync("sbatch", "--parsable", array.Script);
        string id = output.Trim().Split(';')[0];
        return code == 0 && id.Length > 0 && id.All(char.IsAsciiDigit)
            ? id
            : throw new SlurmRefusal(Words(errors.Length > 0 ? errors : output, code));
    }

    /// <summary>The jobs of arrays, those included that ended in the last minutes.</summary>
    /// <param name="arrays">By the names of their jobs.</param>
    /// <exception cref="SlurmRefusal">The cluster does not answer.</exception>
    public async Task<IReadOnlyList<QueuedJob>> QueueAsync(IEnumerable<JobArray> arrays)
    {
        (int code, string output, string errors) = await RunAsync(
            "squeue", "--noheader", "--array", "--states=all", $"--format={QueuedJob.Format}",
            $"--name={string.Join(',', arrays.Select(array => array.JobName))}");
        return code == 0
            ? [.. output.Split('\n').Select(QueuedJob.Parse).OfType<QueuedJob>()]
            : throw new SlurmRefusal(Words(errors, code));
    }

    /// <summary>What the cluster still knows of a job; null where it has forgotten it, or does not answer.</summary>
    /// <param name="job">Its array's number and its own, as in <c>12_3</c>.</param>
    public async Task<JobRecord?> ShowAsync(string job)
    {
        (int code, string output, _) = await RunAsync("scontrol", "--oneliner", "show", "job", job);
        return code == 0 ? JobRecord.Parse(output) : null;
    }

    /// <summary>Cancels jobs. What has ended meanwhile is no error.</summary>
    /// <returns>What scancel said; empty where all went well.</returns>
    public async Task<string> CancelAsync(IReadOnlyCollection<string> jobs)
    {
        (int code, _, string errors) = await RunAsync("scancel", [.. jobs]);
        return code == 0 ? "" : Words(errors, code);
    }

    /// <summary>The most jobs that an array may have here.</summary>
    public async Task<int> LargestArrayAsync()
    {
        (int code, string output, _) = await RunAsync("scontrol", "show", "config");
        string? line = output.Split('\n')
            .FirstOrDefault(line => line.StartsWith("MaxArraySize", StringComparison.Ordinal));
        int size = code == 0 && int.TryParse(line?.Split('=')[^1], out int told) ? told : UsualArray;

        // Numbers of jobs stay below it, and ours begin at 0.
        return Math.Max(1, size - 1);
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string command, params string[] arguments)
    {
        string program = folder is null ? command : Path.Combine(folder, command);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output, await errors);
        }
        catch (Win32Exception cause)
        {
            throw new StudyException($"{command} cannot be started: {cause.Message}", cause);
        }
    }

    private static string Words(string text, int code) =>
        text.Trim() is { Length: > 0 } words ? ShellText.OneLine(words) : $"exit code {code}, without a word";
}
