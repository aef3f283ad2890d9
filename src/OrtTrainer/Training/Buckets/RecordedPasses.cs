using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training.Buckets;

/// <summary>The passes of a session that keep their places, one for each bucket that a batch has come to.</summary>
/// <param name="recording">Buckets, mode and clock.</param>
/// <param name="graph">The training graph.</param>
/// <param name="objective">What is minimized.</param>
internal sealed class RecordedPasses(RunRecording recording, TrainingGraph graph, TrainingObjective objective)
    : IDisposable
{
    private readonly Dictionary<Bucket, RecordedPass> _passes = [];
    private int _recordings;
    private bool _isOff;

    /// <summary>The most tokens of a bucket.</summary>
    public int MostTokens => recording.Plan.Buckets[^1].Tokens;

    /// <summary>Opens the session: one that records, or where the mode is auto and the graph cannot be recorded, one
    /// that does not.</summary>
    public GraphSession Open(ExecutionOptions options, string name)
    {
        try
        {
            GraphSession session =
                GraphSession.FromBytes(graph.Packed.Model, options with { RecordsRuns = true }, name);
            string[] bodies = [.. graph.OverSequences.Except(session.Kernels)];
            if (bodies.Length == 0)
            {
                return session;
            }

            session.Dispose();
            Refuse($"{bodies[0]} runs as its function body, which has shapes that follow the data");
        }
        catch (RuntimeFailureException refusal)
        {
            if (recording.Mode == RecordingMode.On)
            {
                throw;
            }

            Refuse(refusal.Message);
        }

        return GraphSession.FromBytes(graph.Packed.Model, options, name);
    }

    /// <summary>The pass for a batch; null where it is run as it is.</summary>
    /// <param name="batch">The batch, filled.</param>
    /// <param name="bind">Makes a binding with everything but the batch in it, for so many tokens.</param>
    public RecordedPass? Find(PackedBatch batch, Func<int, Binding> bind)
    {
        PassSize size = new(batch.Tokens, batch.Sequences, batch.Rows);
        if (_isOff || recording.Plan.Find(size) is not { } bucket
            || size.Rows > RunRecording.RowsOf(bucket, graph.Packed.Rows, objective))
        {
            return null;
        }

        if (!_passes.TryGetValue(bucket, out RecordedPass? pass))
        {
            Binding binding = bind(bucket.Tokens);
            binding.KeepPlaces(++_recordings, recording.RowsOf(bucket, graph, objective));
            _passes[bucket] = pass = new RecordedPass(bucket, binding, recording);
        }

        return pass;
    }

    /// <summary>Lets go of what was recorded: something has moved.</summary>
    public void Forget()
    {
        foreach (RecordedPass pass in _passes.Values)
        {
            pass.Dispose();
        }

        _passes.Clear();
    }

    public void Dispose() => Forget();

    private void Refuse(string reason)
    {
        _isOff = true;
        RunRecording.Refuse(recording.Mode, reason, recording.Note);
    }
}
