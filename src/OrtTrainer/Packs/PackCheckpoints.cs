using System.Globalization;
using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Packs;

/// <summary>The latest state of a pack's training and the one before it, each with a SHA-256 over all of it.</summary>
/// <param name="folder">Where they lie.</param>
/// <param name="state">What is kept.</param>
/// <param name="fingerprint">Of all that the training depends on.</param>
internal sealed class PackCheckpoints(string folder, TrainingState state, string fingerprint)
{
    private readonly RunCheckpointStore _store = new(folder);

    /// <summary>Keeps the state, and the one before.</summary>
    /// <exception cref="FileWriteException">The disk is full; what was there stays.</exception>
    public void Save() => _store.Save(
        new Dictionary<string, string>
        {
            ["step"] = state.Step.ToString(CultureInfo.InvariantCulture),
            ["fingerprint"] = fingerprint,
            ["average"] = JsonSerializer.Serialize(state.Average!.State, RunJson.Options),
        },
        Buffers().Select(buffer => TensorData.Floats(
            buffer.Name, [buffer.Values.Length], buffer.Values, offset: 0)));

    /// <summary>Goes on from the newest whole checkpoint; its step, or 0 where there is none.</summary>
    /// <exception cref="CheckpointException">There are checkpoints, but none can be used.</exception>
    /// <exception cref="RunException">They are of another training.</exception>
    public long Restore()
    {
        if (!_store.TryLoadLatest(out RunCheckpointFile? file, out _))
        {
            return 0;
        }

        using (file)
        {
            if (file.State.GetValueOrDefault("fingerprint") != fingerprint)
            {
                throw new RunException(
                    $"{folder}: there is a checkpoint of other data, options or another pack. Give another --out, or "
                    + $"remove {RunCheckpointStore.LatestName} and {RunCheckpointStore.PreviousName}.");
            }

            state.Average!.Restore(JsonSerializer.Deserialize<AverageState>(file.State["average"], RunJson.Options));
            foreach ((string name, WeightBuffer values) in Buffers())
            {
                file.Tensors.ReadFloats(name, values, offset: 0);
            }

            state.Optimizer.Restore(long.Parse(file.State["step"], CultureInfo.InvariantCulture));
            return state.Step;
        }
    }

    /// <summary>Removes them, once the model is written.</summary>
    public void Remove()
    {
        File.Delete(_store.PreviousPath);
        File.Delete(_store.LatestPath);
    }

    private IEnumerable<(string Name, WeightBuffer Values)> Buffers() =>
    [
        ("parameters", state.Parameters),
        .. state.Optimizer.States.Select(moment => (moment.Name, moment.Values)),
        .. state.Average!.Saved,
    ];
}
