namespace OrtTrainer.Runtime;

/// <summary>What a recorded run reads and writes, always at the same places and in the same shapes.</summary>
/// <param name="Recording">The number of the recording in its session, 1 or more.</param>
/// <param name="Inputs">Inputs by name.</param>
/// <param name="Outputs">Outputs by name.</param>
internal sealed record RecordedTensors(
    int Recording, IReadOnlyDictionary<string, BoundTensor> Inputs, IReadOnlyDictionary<string, BoundTensor> Outputs);
