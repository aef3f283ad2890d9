using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;

namespace OrtTrainer.Server;

/// <summary>What the inputs of a served model are, as far as its folder says.</summary>
internal static class ModelInputs
{
    /// <summary>Whether they are pairs of texts; null where no run that made the model tells.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="task">Its task.</param>
    public static bool? ArePairs(string folder, ModelTask task)
    {
        string options = RunFolder.OptionsFileOf(folder);
        if (task.DefaultColumns.Pair is not null || !File.Exists(options))
        {
            return task.DefaultColumns.Pair is null ? null : true;
        }

        try
        {
            return FineTuneOptions.Read(options).Data.PairColumn is not null;
        }
        catch (RunException)
        {
            // The model is served without its run, whose options may be of another version; they tell nothing then.
            return null;
        }
    }
}
