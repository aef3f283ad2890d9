using OrtTrainer.Common;
using OrtTrainer.Runtime;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// The state of a training run: float tensors (parameters, moments, average) and text (schedule, order, counters) in
/// one safetensors file, with a SHA-256 over all of it, so that a torn or altered file is never resumed from.
/// </summary>
internal sealed class RunCheckpointFile : IDisposable
{
    private const string ChecksumKey = "orttrainer.sha256";

    private readonly SafetensorsFile _file;

    private RunCheckpointFile(SafetensorsFile file, IReadOnlyDictionary<string, string> state)
    {
        _file = file;
        State = state;
    }

    /// <summary>The text that was written: step, schedule, counters, as the trainer chose to name them.</summary>
    public IReadOnlyDictionary<string, string> State { get; }

    /// <summary>
    /// The tensors; read them with <see cref="Checkpoint.ReadFloats(string, WeightBuffer, long)"/> straight into the
    /// run's buffers.
    /// </summary>
    public Checkpoint Tensors => _file;

    /// <summary>
    /// Writes atomically. Values are read twice, once for the checksum and once for the file, and must not change
    /// between.
    /// </summary>
    /// <exception cref="ArgumentException">A name is used twice or is reserved.</exception>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, string> state, IEnumerable<TensorData> tensors) =>
        Write(path, null, state, tensors);

    /// <summary>Opens the file and verifies its checksum, which reads all of it once.</summary>
    /// <exception cref="CheckpointException">It is absent, truncated, altered or no run checkpoint.</exception>
    public static RunCheckpointFile Read(string path)
    {
        var file = SafetensorsFile.OpenFile(path);
        try
        {
            return Verify(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    internal static void Write(
        string path, string? keepOldAs, IReadOnlyDictionary<string, string> state, IEnumerable<TensorData> tensors)
    {
        if (state.ContainsKey(ChecksumKey))
        {
            throw new ArgumentException($"The key {ChecksumKey} is reserved.", nameof(state));
        }

        var ordered = SafetensorsWriter.InFileOrder(tensors);
        using var checksum = new RunChecksum(state);
        foreach (var tensor in ordered)
        {
            checksum.Append(tensor.Name, tensor.ElementType, tensor.Shape);
            tensor.Visit(checksum.Append);
        }

        var metadata = new Dictionary<string, string>(state) { [ChecksumKey] = checksum.Finish() };
        SafetensorsWriter.Write(path, keepOldAs, ordered, metadata);
    }

    private static RunCheckpointFile Verify(SafetensorsFile file)
    {
        var state = new Dictionary<string, string>(file.Metadata);
        if (!state.Remove(ChecksumKey, out var written))
        {
            throw new CheckpointException(
                file.Path, ChecksumKey, "none in the metadata", "a training run's checkpoint",
                "Give the folder of a run; a model's weights hold no run to resume.");
        }

        using var checksum = new RunChecksum(state);
        var buffer = new byte[1 << 20];
        foreach (var name in file.Names)
        {
            file.TryGet(name, out var info);
            checksum.Append(name, info.ElementType, info.Shape.AsSpan());
            var read = file.OpenElements(info);
            for (var at = 0L; at < info.ByteLength; at += buffer.Length)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, info.ByteLength - at));
                read(at, piece);
                checksum.Append(piece);
            }
        }

        var actual = checksum.Finish();
        return actual == written
            ? new RunCheckpointFile(file, state)
            : throw new CheckpointException(
                file.Path, ChecksumKey, actual, CheckpointException.Quote(written),
                "The file is damaged: resume from the previous checkpoint.");
    }
}
