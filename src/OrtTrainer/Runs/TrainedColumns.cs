using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Options;

namespace OrtTrainer.Runs;

/// <summary>The columns that a model was trained on, which its run's options keep.</summary>
/// <param name="Text">The column of the text; null where there is none, and so on.</param>
/// <param name="Pair">The column of the second text.</param>
/// <param name="Label">The column of the label.</param>
internal sealed record TrainedColumns(string? Text, string? Pair, string? Label)
{
    /// <summary>Those of the model in a folder; null where no run tells.</summary>
    public static TrainedColumns? Of(string folder)
    {
        string file = RunFolder.OptionsFileOf(folder);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            JsonNode? data = OptionsJson.Read(file)["data"];
            return new(Name("text_column"), Name("pair_column"), Name("label_column"));

            string? Name(string option) => data?[option]?.GetValue<string>();
        }
        catch (RunException)
        {
            // The model is used without its run, whose options may be of another version; they tell nothing then.
            return null;
        }
    }

    /// <summary>Those of them that a table has.</summary>
    public TrainedColumns In(TableColumns table)
    {
        return new(Known(Text), Known(Pair), Known(Label));

        string? Known(string? name) => name is not null && table.IndexOf(name) >= 0 ? name : null;
    }
}
