using System.Globalization;
using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Runs;

/// <summary>
/// Saves and restores a run. A checkpoint holds parameters, moments, average, counters and scores; order, schedule and
/// dropout follow from the step, so a resumed run gives the bits of an uninterrupted one.
/// </summary>
/// <param name="folder">The folder of the run's own files.</param>
/// <param name="state">What is saved and restored.</param>
/// <param name="fingerprint">Tells whether a checkpoint belongs to the run.</param>
internal sealed class RunCheckpoints(string folder, TrainingState state, string fingerprint)
{
    private const string ParametersName = "parameters";
    private const string LossScaleKey = "loss_scale";
    private const string EarlierStepsKey = "earlier_steps";

    private readonly RunCheckpointStore _store = new(folder);

    /// <summary>Saves everything, keeping the checkpoint before.</summary>
    /// <exception cref="FileWriteException">The disk is full; what was there stays.</exception>
    public void Save(RunProgress progress)
    {
        Dictionary<string, string> words = new()
        {
            ["step"] = state.Step.ToString(CultureInfo.InvariantCulture),
            ["fingerprint"] = fingerprint,
            ["average"] = JsonSerializer.Serialize(state.Average?.State ?? default, RunJson.Options),
            ["progress"] = JsonSerializer.Serialize(progress, RunJson.Options),
        };
        if (state.LossScale is { } scale)
        {
            words[LossScaleKey] = JsonSerializer.Serialize(scale.State, RunJson.Options);
        }

        if (state.EarlierSteps > 0)
        {
            words[EarlierStepsKey] = state.EarlierSteps.ToString(CultureInfo.InvariantCulture);
        }

        _store.Save(
            words, Buffers().Select(b => TensorData.Floats(b.Name, [b.Values.Length], b.Values, offset: 0)));
    }

    /// <summary>Restores the latest checkpoint, or the one before where it is damaged.</summary>
    /// <returns>The progress, and why an older checkpoint was taken; null where there is no checkpoint yet.</returns>
    /// <exception cref="CheckpointException">There are checkpoints, but none can be used.</exception>
    /// <exception cref="RunException">The checkpoint belongs to a run with other data or another model.</exception>
    public (RunProgress Progress, string? Warning)? TryRestore()
    {
        if (!_store.TryLoadLatest(out RunCheckpointFile? file, out string? warning))
        {
            return null;
        }

        using (file)
        {
            if (file.State.GetValueOrDefault("fingerprint") != fingerprint)
            {
                throw new RunException($"{folder}: the checkpoint was written with other data, another model " +
                    "or another version of this program. Restore them, or start anew with another --out.");
            }

            state.Average?.Restore(JsonSerializer.Deserialize<AverageState>(file.State["average"], RunJson.Options));
            foreach ((string name, WeightBuffer values) in Buffers())
            {
                file.Tensors.ReadFloats(name, values, offset: 0);
            }

            state.Restore(
                long.Parse(file.State["step"], CultureInfo.InvariantCulture),
                file.State.TryGetValue(LossScaleKey, out string? scale)
                    ? JsonSerializer.Deserialize<LossScaleState>(scale, RunJson.Options)
                    : null,
                long.Parse(file.State.GetValueOrDefault(EarlierStepsKey, "0"), CultureInfo.InvariantCulture));
            return (JsonSerializer.Deserialize<RunProgress>(file.State["progress"], RunJson.Options)!, warning);
        }
    }

    /// <summary>What a checkpoint holds.</summary>
    private IEnumerable<(string Name, WeightBuffer Values)> Buffers()
    {
        yield return (ParametersName, state.Parameters);
        foreach (OptimizerState moment in state.OptimizerStates)
        {
            yield return (moment.Name, moment.Values);
        }

        foreach ((string Name, WeightBuffer Values) part in state.Average?.Saved ?? [])
        {
            yield return part;
        }
    }
}
