using System.Text.RegularExpressions;
using OrtTrainer.Common;

namespace OrtTrainer.Studies.Slurm;

/// <summary>
/// Runs of a study as jobs of a Slurm cluster. The study's folder, the data and models of the study and the program
/// must be on file systems that all nodes see under the same paths. What is not set is left to the cluster.
/// </summary>
public sealed partial record SlurmOptions
{
    // Each is written into the script by the study itself, or would part its jobs from it.
    private static readonly string[] Own =
    [
        "array", "a", "job-name", "J", "output", "o", "error", "e", "chdir", "D", "requeue", "wrap", "parsable",
        "wait", "W", "hold", "H", "test-only", "exclude", "x",
    ];

    /// <summary>
    /// How a job starts <see cref="StudyWorker.RunJobAsync"/>; the path of its file follows the arguments.
    /// </summary>
    public required WorkerCommand Worker { get; init; }

    /// <summary>The partition; null for the cluster's own.</summary>
    public string? Partition { get; init => field = Word(value, nameof(Partition)); }

    /// <summary>The account that pays; null for the user's own.</summary>
    public string? Account { get; init => field = Word(value, nameof(Account)); }

    /// <summary>Generic resources of each job, such as <c>gpu:1</c>.</summary>
    public string? Gres { get; init => field = Word(value, nameof(Gres)); }

    /// <summary>
    /// The longest time of each job in a form of sbatch, such as <c>2:00:00</c>; a run that needs more goes on in
    /// another job, as long as it has <see cref="Tries"/>.
    /// </summary>
    public string? Time { get; init => field = Word(value, nameof(Time)); }

    /// <summary>The memory of each job in a form of sbatch, such as <c>4G</c>.</summary>
    public string? Memory { get; init => field = Word(value, nameof(Memory)); }

    /// <summary>Processors of each job, and threads of its run, 1 or more.</summary>
    public int Cpus { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 1;

    /// <summary>Jobs of an array that run at once at most, 1 or more; null for as many as the cluster lets.</summary>
    public int? ArrayLimit { get; init => field = AtLeastOne(value, nameof(ArrayLimit)); }

    /// <summary>
    /// Jobs of the study in the queue at once at most, 1 or more; null for all that wait. For clusters that limit what
    /// a user may submit.
    /// </summary>
    public int? QueueLimit { get; init => field = AtLeastOne(value, nameof(QueueLimit)); }

    /// <summary>
    /// Jobs that a run gets without getting a step further, 1 or more, before it counts as failed: one that is killed,
    /// preempted, out of time or lost with its node goes on from its last checkpoint in the next. A run that refuses
    /// its options or its data, or that runs out of memory, gets no other.
    /// </summary>
    public int Tries { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 3;

    /// <summary>Seconds between two looks at the queue, above 0.</summary>
    public double PollSeconds { get; init => field = OptionRange.Above(value, 0); } = 10;

    /// <summary>Other options of sbatch, each as <c>name</c> or <c>name=value</c>, such as <c>qos=long</c>.</summary>
    public IReadOnlyList<string> SbatchOption { get; init => field = [.. value.Select(Checked)]; } = [];

    /// <summary>
    /// How long files that a job has written may take to be seen here: a shared file system keeps what it has read for
    /// a while.
    /// </summary>
    internal TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The folder with the cluster's commands; null for those on the PATH.</summary>
    internal string? Commands { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);

    private static int? AtLeastOne(int? value, string name) =>
        value is { } given ? (int)OptionRange.AtLeast((long)given, 1, name) : null;

    private static string? Word(string? value, string name) => value is null || OneWord().IsMatch(value)
        ? value
        : throw new ArgumentException($"{name} is '{value}'; expected one word without spaces or quotes, as sbatch " +
            "has it.");

    private static string Checked(string option)
    {
        string bare = option.TrimStart('-');
        string name = bare.Split('=')[0];
        if (!Named().IsMatch(bare))
        {
            throw new ArgumentException($"{nameof(SbatchOption)} is '{option}'; expected NAME or NAME=VALUE, as in " +
                "qos=long, on one line and without quotes.");
        }

        return !Own.Contains(name)
            ? bare
            : throw new ArgumentException($"{nameof(SbatchOption)} is '{option}'; the study sets {name} itself.");
    }

    [GeneratedRegex("^[^\\s\"'\\\\]+$")]
    private static partial Regex OneWord();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9-]*(=[^\\r\\n\"\\\\]+)?$")]
    private static partial Regex Named();
}
