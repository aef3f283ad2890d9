using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Buckets;

/// <summary>The passes of one bucket.</summary>
/// <param name="bucket">What batches are filled up to.</param>
/// <param name="binding">Its inputs keep their places; disposed with this.</param>
/// <param name="recording">Mode and clock.</param>
internal sealed class RecordedPass(Bucket bucket, Binding binding, RunRecording recording) : IDisposable
{
    private readonly PlaybackTrial _trial = new(recording.Mode, bucket.Tokens, recording.Clock);

    public Bucket Bucket => bucket;

    public Binding Binding => binding;

    /// <summary>Runs the batch that was bound, directly or played back.</summary>
    /// <param name="loss">The loss of the last run.</param>
    public void Run(Func<float> loss)
    {
        try
        {
            if (_trial.Run(binding.Run, binding.Play, loss) is { } decision)
            {
                recording.Note(decision);
            }
        }
        catch (RuntimeFailureException failure) when (recording.Mode == RecordingMode.Auto && !_trial.IsOff)
        {
            _trial.TurnOff();
            recording.Note($"CUDA graphs: batches of {bucket.Tokens} tokens run without: {failure.Message}");
            binding.Run();
        }
    }

    public void Dispose() => binding.Dispose();
}
