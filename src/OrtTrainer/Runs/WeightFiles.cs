using System.Globalization;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Runs;

/// <summary>
/// Weights that a run keeps apart from its checkpoints, under their Hugging Face names: <c>run/best.safetensors</c>,
/// <c>last</c>, <c>averaged</c> and <c>variance</c>. The step they are of is in the metadata. Of a run with adapters,
/// <c>last</c> and <c>averaged</c> are whole models, and the others what is trained.
/// </summary>
/// <param name="folder">The run's.</param>
/// <param name="layout">Where the parameters lie in the buffers.</param>
internal sealed class WeightFiles(RunFolder folder, ParameterLayout layout)
{
    public const string Best = "best";
    public const string Last = "last";
    public const string Averaged = "averaged";
    public const string Variance = "variance";

    private const string StepKey = "step";

    /// <exception cref="FileWriteException">The disk is full; what was there stays.</exception>
    public void Save(string name, WeightBuffer weights, long step) => RunCheckpointFile.Write(
        PathOf(name),
        new Dictionary<string, string> { [StepKey] = step.ToString(CultureInfo.InvariantCulture) },
        StoredTensors.Of(layout, weights));

    /// <summary>Fills <paramref name="weights"/>, if the file is there and of this step.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public bool TryLoad(string name, WeightBuffer weights, long step)
    {
        if (!File.Exists(PathOf(name)))
        {
            return false;
        }

        using RunCheckpointFile file = RunCheckpointFile.Read(PathOf(name));
        if (file.State[StepKey] != step.ToString(CultureInfo.InvariantCulture))
        {
            return false;
        }

        layout.Fill(weights, file.Tensors);
        return true;
    }

    private string PathOf(string name) => Path.Combine(folder.RunPath, name + ".safetensors");
}
