using OrtTrainer.Common;
using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>What a run tells while it goes on.</summary>
public abstract partial record RunEvent
{
    private RunEvent()
    {
    }

    /// <inheritdoc/>
    public sealed override string ToString() => RecordText.Of(this);

    /// <summary>The teacher ran over more of the training data, before the start.</summary>
    /// <param name="Done">Examples done.</param>
    /// <param name="Total">Examples in all.</param>
    public sealed record Taught(int Done, int Total) : RunEvent;

    /// <summary>An optimizer step is done.</summary>
    /// <param name="Report">The step.</param>
    /// <param name="TokensPerSecond">Over the last steps.</param>
    /// <param name="Remaining">Estimated time to the last step.</param>
    public sealed record Stepped(StepReport Report, double TokensPerSecond, TimeSpan Remaining) : RunEvent;

    /// <summary>Weights were evaluated.</summary>
    public sealed record Evaluated(EvaluationPoint Point, string Metric) : RunEvent;

    /// <summary>A checkpoint was written.</summary>
    public sealed record Saved(long Step) : RunEvent;

    /// <summary>Something to know that is no error.</summary>
    public sealed record Noted(string Message) : RunEvent;

    /// <summary>The run is done and the model exported.</summary>
    public sealed record Finished(RunSummary Summary) : RunEvent;
}
