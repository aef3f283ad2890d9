using OrtTrainer.Runs;
using OrtTrainer.Tasks;

namespace OrtTrainer.Server;

/// <summary>What the inputs of a served model are, as far as its folder says.</summary>
internal static class ModelInputs
{
    /// <summary>Whether they are pairs of texts; null where no run that made the model tells.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="task">Its task.</param>
    public static bool? ArePairs(string folder, ModelTask task) =>
        task.DefaultColumns.Pair is not null ? true
        : TrainedColumns.Of(folder) is { } columns ? columns.Pair is not null
        : null;
}
