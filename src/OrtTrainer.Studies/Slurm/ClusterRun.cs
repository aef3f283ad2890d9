using System.Globalization;

namespace OrtTrainer.Studies.Slurm;

/// <summary>A run that is not done yet, and the job that does it, if any.</summary>
internal sealed class ClusterRun(PlannedRun run)
{
    private long _reached;
    private long _furthest;

    public PlannedRun Run => run;

    /// <summary>Whether its beginning was told.</summary>
    public bool HasBegun { get; set; }

    /// <summary>The array of its job; null while it waits to be submitted.</summary>
    public JobArray? Array { get; private set; }

    /// <summary>Its number in the array.</summary>
    public int Number { get; private set; }

    /// <summary>The job, as commands want it.</summary>
    public string Job { get; private set; } = "";

    /// <summary>What its job printed.</summary>
    public string LogFile => Array!.LogFile(Number.ToString(CultureInfo.InvariantCulture));

    /// <summary>When its job was first seen to have ended without a word; null while it has not.</summary>
    public DateTime? GoneSince { get; set; }

    /// <summary>How often the cluster has put its job back into the queue, as far as is known.</summary>
    public int Restarts { get; set; }

    /// <summary>Notes of its job that were told.</summary>
    public int NotesTold { get; set; }

    /// <summary>Jobs that ended without getting further than the one before.</summary>
    public int FruitlessTries { get; private set; }

    /// <summary>What ended its last job; empty for nothing.</summary>
    public string Trouble { get; set; } = "";

    /// <summary>What comes out of it, in the study.</summary>
    public StudyRunFolder Folder => new(run.Options.Output);

    /// <summary>Gives it a job.</summary>
    /// <param name="array">The job's array.</param>
    /// <param name="number">The job's number in it.</param>
    /// <param name="arrayId">The cluster's number of the array.</param>
    public void Assign(JobArray array, int number, string arrayId)
    {
        (Array, Number, Job) = (array, number, $"{arrayId}_{number}");
        (GoneSince, Restarts, NotesTold) = (null, 0, 0);
    }

    /// <summary>Takes in how far a job is.</summary>
    public void Reach(long step) => _furthest = Math.Max(_furthest, step);

    /// <summary>
    /// Counts a job, or a start of it, that ended early: one that got further than all before makes up for them, since
    /// it left a checkpoint to go on from.
    /// </summary>
    public void CountTry()
    {
        FruitlessTries = _furthest > _reached ? 0 : FruitlessTries + 1;
        _reached = _furthest;
    }
}
