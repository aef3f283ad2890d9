using OrtTrainer.Models;

namespace OrtTrainer.Runs;

/// <summary>How much memory a run will take at its peak, roughly.</summary>
internal static class MemoryEstimate
{
    /// <summary>What the runtime and the loaded libraries take.</summary>
    private const long Base = 200L << 20;

    private const long LogitCopies = 4;

    /// <summary>
    /// The flat buffers, the activations that a backward pass needs of the largest batch there can be, and a constant.
    /// A layer keeps about 4 values per unit of inner width and 12 per unit of width for every token, and the loss of
    /// every output keeps its logit, its probability and the gradients of both: much where outputs are a vocabulary.
    /// </summary>
    public static long Of(PreparedRun run)
    {
        ModelShape shape = run.Model.Architecture.Shape;
        long buffers = 2 + (run.State.Average?.Buffers ?? 0) + (run.Options.Accumulation > 1 ? 1 : 0)
            + run.Options.Parts.Sum(part => part.Buffers);
        long tokens = run.Data.Train.Inputs.Select(e => (long)e.InputIds.Length).OrderDescending()
            .Take(run.Options.BatchSize * run.Data.Train.Targets.GroupSize).Sum();
        long perToken = shape.Layers * ((12L * shape.Width) + (4L * shape.Inner));
        long logits = run.Data.Outputs * run.Data.Head.Rows.Count(
            run.Options.BatchSize, tokens, run.Data.Draw?.OutputShare ?? 1);
        long teacher = run.Teacher?.ValuesFor(logits) ?? 0;
        long moments = run.State.Optimizer.States.Sum(state => state.Values.Length);
        long values = (buffers * run.State.Layout.Length) + moments + (tokens * perToken) + (LogitCopies * logits)
            + teacher;
        return Base + (sizeof(float) * values);
    }
}
