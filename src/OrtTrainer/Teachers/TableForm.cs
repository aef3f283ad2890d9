using OrtTrainer.Checkpoints;

namespace OrtTrainer.Teachers;

/// <summary>In which form a table of a teacher's outputs is kept on disk.</summary>
internal abstract class TableForm
{
    private protected TableForm()
    {
    }

    /// <summary>What it takes on disk, the head of the file left out.</summary>
    public abstract long Bytes { get; }

    /// <summary>The table as tensors.</summary>
    /// <param name="name">What the table is called.</param>
    /// <param name="values">Row by row.</param>
    public abstract IReadOnlyList<TensorData> Write(string name, float[] values);

    /// <summary>The table as it was kept.</summary>
    /// <exception cref="CheckpointException">A tensor is missing or has another shape.</exception>
    public abstract float[] Read(string name, Checkpoint tensors);

    /// <summary>The table as it will be read back, so that a run does not depend on whether it was.</summary>
    public abstract float[] Kept(float[] values);
}
