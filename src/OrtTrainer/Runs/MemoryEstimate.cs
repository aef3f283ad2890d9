using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Runs;

/// <summary>How much memory a run will take at its peak, roughly.</summary>
internal static class MemoryEstimate
{
    /// <summary>What the runtime and the loaded libraries take.</summary>
    private const long Base = 150L << 20;

    private const long LogitCopies = 4;

    /// <summary>Weights, gradients and flat buffer of a session of ONNX Runtime's own, beside its moments.</summary>
    private const long SessionCopies = 3;

    /// <summary>Of a block, which is in float32 and twice in the precision of products.</summary>
    private const long BlockCopies = 2;

    /// <summary>
    /// The flat buffers, the activations that a backward pass needs of the largest batch there can be, and a constant.
    /// Of tables that batches pick rows of, gradients of those rows alone are written. The loss of every output keeps
    /// its logit, its probability and the gradients of both: much where outputs are a vocabulary, unless they are made
    /// block by block. With adapters, the model lies beside the flat buffers, which are of the adapters.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="readsLogits">Whether its loss reads the logits of all rows.</param>
    public static long Of(PreparedRun run, bool readsLogits)
    {
        ModelShape shape = run.Model.Architecture.Shape;
        long buffers = 2 + (run.State.Average?.Buffers ?? 0) + (run.Options.Accumulation > 1 ? 1 : 0)
            + run.Options.Parts.Sum(part => part.Buffers);
        TokenizedExample[] largest = [.. run.Data.Train.Inputs.OrderByDescending(e => e.Tokens)
            .Take(run.Options.BatchSize * run.Data.Train.Targets.GroupSize)];
        long tokens = largest.Sum(e => (long)e.Tokens);
        long decoded = largest.Sum(e => (long)(e.DecoderIds?.Length ?? 0));
        long logits = run.Data.Outputs * run.Data.Head.Rows.Count(
            run.Options.BatchSize, decoded > 0 ? decoded : tokens, run.Data.Draw?.OutputShare ?? 1);
        long teacher = run.Teacher?.ValuesFor(logits) ?? 0;
        long moments = run.State.OptimizerStates.Sum(state => state.Values.Length);
        long tables = run.State.Layout.Segments.Where(table => table.IsSparse).Sum(table => (long)table.Length);
        long values = (buffers * run.State.Layout.Length) - tables + moments + (tokens * PerToken(shape, run.Options))
            + (readsLogits || !run.Options.Kernels
                ? LogitCopies * logits
                : BlockCopies * Math.Min(logits, FusedOperations.LogitsAtOnce))
            + teacher + (run.State.Adapted?.Length ?? 0)
            + (run.Library is null ? 0 : moments + (SessionCopies * run.State.Layout.Length));
        return Base + (sizeof(float) * values);
    }

    /// <summary>
    /// What is kept of a token, in float32 values: of a layer about 10 per unit of width, and the inner ones in the
    /// precision of products. Layers that are computed again, all but the last, leave about 8 per unit of width of the
    /// memory that ONNX Runtime holds, by measurements of MiniLM with 2 and with 6 of its layers; beside them are the
    /// last layer and the one that is computed again, whole.
    /// </summary>
    private static long PerToken(ModelShape shape, FineTuneOptions options)
    {
        bool keepsHalf = !new ProductPrecision(options.Precision).IsFloat32;
        long layer = (10L * shape.Width) + (keepsHalf ? shape.Inner / 2 : shape.Inner);
        return options.Recompute
            ? ((shape.Layers - 1) * 8L * shape.Width) + (Math.Min(shape.Layers, 2) * layer)
            : shape.Layers * layer;
    }
}
