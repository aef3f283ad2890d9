using OrtTrainer.Studies.Slurm;

namespace OrtTrainer.Tests.Studies.Slurm;

/// <summary>What scontrol and squeue print, read.</summary>
public sealed class JobRecordTests
{
    [Test]
    public void A_job_is_read_from_the_line_that_scontrol_prints()
    {
        // Printed by Slurm 22.05 for a job that was killed for its memory.
        JobRecord? record = JobRecord.Parse(
            "JobId=1 ArrayJobId=1 ArrayTaskId=0 JobName=oom.sh UserId=root(0) GroupId=root(0) MCS_label=N/A " +
            "Priority=4294901759 Nice=0 Account=(null) QOS=(null) JobState=FAILED Reason=JobLaunchFailure " +
            "Dependency=(null) Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:9 RunTime=00:00:08 " +
            "AllocNode:Sid=localhost:19969 ReqNodeList=(null) ExcNodeList=(null) NodeList=vm BatchHost=vm NumNodes=1 " +
            "ReqB:S:C:T=0:0:*:* TRES=cpu=1,mem=300M,node=1,billing=1 Command=/tmp/a b/oom.sh WorkDir=/tmp Power= \n");

        Assert.That(record, Is.EqualTo(new JobRecord("FAILED", 0, 9, "vm")));
    }

    [TestCase("")]
    [TestCase("slurm_load_jobs error: Invalid job id specified")]
    public void Other_words_are_no_job(string text) => Assert.That(JobRecord.Parse(text), Is.Null);

    [Test]
    public void A_job_that_never_had_a_node_has_none() => Assert.That(
        JobRecord.Parse("JobState=CANCELLED ExitCode=0:0 NodeList=(null)"),
        Is.EqualTo(new JobRecord("CANCELLED", 0, 0, "")));

    [Test]
    public void A_job_is_read_from_the_line_that_squeue_prints()
    {
        QueuedJob job = QueuedJob.Parse("12|3|PENDING|tiny-0a.1|Nodes required for job are DOWN, DRAINED or | odd\n")!;

        Assert.That(job, Is.EqualTo(
            new QueuedJob("12", 3, "PENDING", "Nodes required for job are DOWN, DRAINED or | odd", "tiny-0a.1")));
        Assert.That((job.IsRunning, job.IsOver), Is.EqualTo((false, false)));
    }

    [TestCase("")]
    [TestCase("12|N/A|RUNNING|other|None")]
    [TestCase("squeue: error: something")]
    public void A_line_of_another_kind_is_no_job_of_an_array(string line) =>
        Assert.That(QueuedJob.Parse(line), Is.Null);

    [TestCase("RUNNING", true, false)]
    [TestCase("COMPLETING", true, false)]
    [TestCase("REQUEUE_HOLD", false, false)]
    [TestCase("A_STATE_OF_NEXT_YEAR", false, false)]
    [TestCase("OUT_OF_MEMORY", false, true)]
    [TestCase("COMPLETED", false, true)]
    public void A_state_is_running_or_over_or_neither(string state, bool running, bool over)
    {
        QueuedJob job = new("1", 0, state, "None", "name");

        Assert.That((job.IsRunning, job.IsOver), Is.EqualTo((running, over)));
    }
}
