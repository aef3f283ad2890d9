namespace OrtTrainer.Benchmarking;

/// <summary>What is noted while steps are timed.</summary>
internal sealed class StepTimes
{
    /// <summary>Seconds of each training step.</summary>
    public List<double> Step { get; } = [];

    /// <summary>Seconds of the alternative on the same batches; empty without one.</summary>
    public List<double> Alternative { get; } = [];

    /// <summary>Tokens, padding not counted.</summary>
    public long Tokens { get; set; }

    /// <summary>Tokens with padding.</summary>
    public long Slots { get; set; }

    /// <summary>The last step's loss.</summary>
    public float Loss { get; set; }
}
