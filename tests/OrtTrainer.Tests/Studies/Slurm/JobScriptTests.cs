using System.Diagnostics;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Slurm;

namespace OrtTrainer.Tests.Studies.Slurm;

/// <summary>The script that sbatch gets, read, and run by sh.</summary>
[Platform("Linux,MacOsX")]
public sealed class JobScriptTests
{
    private static readonly SlurmOptions Echo = new() { Worker = new WorkerCommand("/bin/echo", ["it's", "$HOME"]) };

    private TinyStudy _study = null!;

    [SetUp]
    public void Make() => _study = new TinyStudy();

    [TearDown]
    public void Remove() => _study.Dispose();

    [Test]
    public void What_a_job_asks_for_stands_at_its_top()
    {
        SlurmOptions options = Echo with
        {
            Partition = "gpu",
            Account = "lab",
            Gres = "gpu:1",
            Time = "2:00:00",
            Memory = "4G",
            Cpus = 3,
            ArrayLimit = 2,
            SbatchOption = ["--qos=long", "comment=two words", "exclusive"],
        };
        JobArray array = Array("out");

        string[] lines = JobScript.Of(options, array, "study", ["n1", "n2"]).Split('\n');

        Assert.That(lines.TakeWhile(line => line.StartsWith('#')), Is.EqualTo(new[]
        {
            "#!/bin/sh", $"#SBATCH --job-name={array.JobName}", "#SBATCH --array=0-3%2",
            $"#SBATCH --output={array.Path}/run-%a.log", "#SBATCH --open-mode=append", "#SBATCH --chdir=/",
            "#SBATCH --requeue", "#SBATCH --cpus-per-task=3", "#SBATCH --partition=gpu", "#SBATCH --account=lab",
            "#SBATCH --gres=gpu:1", "#SBATCH --time=2:00:00", "#SBATCH --mem=4G", "#SBATCH --exclude=n1,n2",
            "#SBATCH --qos=long", "#SBATCH --comment=\"two words\"", "#SBATCH --exclusive",
        }));
    }

    [Test]
    public void It_starts_the_program_with_the_file_of_its_run_whatever_the_folder_is_called()
    {
        JobArray array = Array("it's 100% odd, $HOME");

        (int code, string text) = Run(array, Echo);

        Assert.That(text, Does.Contain($"\nit's $HOME {array.OptionsFile(2)}\n"));
        Assert.That((code, text), Is.EqualTo((0, text)));
    }

    [Test]
    public void It_gives_up_where_the_folder_is_not_seen_and_names_the_node()
    {
        JobArray array = Array("out");
        File.Delete(array.OptionsFile(2));

        (int code, string text) = Run(array, Echo);

        Assert.That(code, Is.EqualTo(JobScript.NoFolder));
        Assert.That(text, Does.Match($"^node [^ ]+ does not see, or cannot write to, {array.Path}, which all nodes"));
    }

    [Test]
    public void It_gives_up_where_the_program_is_not_there_and_names_the_node()
    {
        (int code, string text) =
            Run(Array("out"), Echo with { Worker = new WorkerCommand("/no/such program", []) });

        Assert.That(code, Is.EqualTo(JobScript.NoProgram));
        Assert.That(text, Does.Match("^node [^ ]+ does not have the program /no/such program"));
    }

    [Test]
    public void Told_to_end_it_waits_for_the_program_to_save()
    {
        // The shell gets the signal with the program; one that ended at once would take the program with it.
        SlurmOptions slow = Echo with
        {
            Worker = new WorkerCommand("/bin/sh", ["-c", "kill -TERM $PPID; sleep 0.2; echo saved; exit 130"]),
        };

        (int code, string text) = Run(Array("out"), slow);

        Assert.That((code, text), Is.EqualTo((130, text)));
        Assert.That(text, Does.Contain("\nsaved\n"));
    }

    [TestCase("two words")]
    [TestCase("")]
    [TestCase("a\nb")]
    [TestCase("'a'")]
    public void A_value_that_is_no_word_is_refused(string value) =>
        Assert.That(() => Echo with { Partition = value }, Throws.ArgumentException.With.Message.StartsWith(
            $"Partition is '{value}'; expected one word"));

    [TestCase("--array=0-3", "the study sets array itself")]
    [TestCase("output=x", "the study sets output itself")]
    [TestCase("a b", "expected NAME or NAME=VALUE")]
    [TestCase("comment=a\n#SBATCH --array=1", "expected NAME or NAME=VALUE")]
    public void An_option_of_sbatch_that_would_part_a_study_from_its_jobs_is_refused(string option, string reason) =>
        Assert.That(
            () => Echo with { SbatchOption = [option] }, Throws.ArgumentException.With.Message.Contains(reason));

    private JobArray Array(string output) =>
        new JobArrays(_study.Output(output)).Add([.. _study.Plan(output).Runs], threads: 1);

    /// <summary>Runs the script as the job of run 2.</summary>
    private static (int Code, string Text) Run(JobArray array, SlurmOptions options)
    {
        File.WriteAllText(array.Script, JobScript.Of(options, array, "study", []));
        ProcessStartInfo start =
            new("sh", [array.Script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_ARRAY_TASK_ID"] = "2";
        start.Environment["SLURM_JOB_ID"] = "0";
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }
}
