using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime.Cuda;

/// <summary>
/// A <see cref="SimulatedDevice"/> that pretends to record runs: the first run of a recording runs three times, as ONNX
/// Runtime does before it has captured a graph, and later ones read and write what was bound at the first, wherever the
/// others lie. It fails where another thread comes, or a tensor has moved or has another shape.
/// </summary>
internal sealed class RecordingDevice : SimulatedDevice
{
    public const string RecordingWord = "recording";

    private const int RunsToRecord = 3;

    private readonly ConditionalWeakTable<RunOptions, object> _assigned = [];
    private readonly Dictionary<(InferenceSession Session, int Recording), Recorded> _recorded = [];

    public override string Name => RecordingWord;

    public override bool RecordsRuns => true;

    /// <summary>The recordings that were made, and how often each was played back.</summary>
    public IReadOnlyList<int> Played => [.. _recorded.Values.Select(recorded => recorded.Plays)];

    /// <summary>An input whose values of the first run a recording keeps, as one that the host reads would; null for
    /// none.</summary>
    public string? Kept { get; init; }

    /// <summary>Runs that were told that they belong to no recording.</summary>
    public int Unassigned { get; private set; }

    internal override void Assign(RunOptions options, int? recording)
    {
        Unassigned += recording is null ? 1 : 0;
        _assigned.Add(options, recording ?? -1);
    }

    internal override void Play(
        InferenceSession session, RunOptions options, OrtIoBinding io, RecordedTensors recording)
    {
        Assert.That(_assigned.TryGetValue(options, out object? assigned) ? assigned : null,
            Is.EqualTo(recording.Recording));
        string[] places = [.. Places(recording).Order(StringComparer.Ordinal)];
        if (!_recorded.TryGetValue((session, recording.Recording), out Recorded? first))
        {
            byte[]? kept = Kept is null ? null : recording.Inputs[Kept].Value.GetTensorMutableRawData().ToArray();
            _recorded.Add(
                (session, recording.Recording), new Recorded(io, places, Environment.CurrentManagedThreadId, kept));
            for (int run = 0; run < RunsToRecord; run++)
            {
                session.RunWithBinding(options, io);
            }

            return;
        }

        Assert.That(places, Is.EqualTo(first.Places), "places and shapes");
        Assert.That(Environment.CurrentManagedThreadId, Is.EqualTo(first.Thread), "the thread");
        first.Plays++;
        if (Kept is null)
        {
            session.RunWithBinding(options, first.Io);
            return;
        }

        OrtValue input = recording.Inputs[Kept].Value;
        byte[] now = input.GetTensorMutableRawData().ToArray();
        first.Kept.CopyTo(input.GetTensorMutableRawData());
        session.RunWithBinding(options, first.Io);
        now.CopyTo(input.GetTensorMutableRawData());
    }

    private static IEnumerable<string> Places(RecordedTensors tensors) =>
        tensors.Inputs.Concat(tensors.Outputs).Select(tensor =>
        {
            OrtValue value = tensor.Value.Value;
            ref byte start = ref MemoryMarshal.GetReference(value.GetTensorMutableRawData());
            nint address;
            unsafe
            {
                address = (nint)Unsafe.AsPointer(ref start);
            }

            return $"{tensor.Key} [{string.Join(',', value.GetTensorTypeAndShape().Shape)}] at {address}";
        });

    private sealed record Recorded(OrtIoBinding Io, string[] Places, int Thread, byte[]? Kept)
    {
        public int Plays { get; set; }
    }
}
