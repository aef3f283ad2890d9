using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// The columns that a model was trained on, which its run's options keep: where no other is named, a file that has them
/// is read by them.
/// </summary>
/// <param name="Text">The column of the text; null where it is not known, and so on.</param>
/// <param name="Pair">The column of the second text.</param>
/// <param name="Label">The column of the label.</param>
internal sealed record ModelColumns(string? Text, string? Pair, string? Label)
{
    /// <summary>Those of the model in a folder; none of one that no run left there.</summary>
    public static ModelColumns Of(string folder)
    {
        string file = RunFolder.OptionsFileOf(folder);
        try
        {
            JsonNode? data = File.Exists(file) ? OptionsJson.Read(file)["data"] : null;
            return new(Name("text_column"), Name("pair_column"), Name("label_column"));

            string? Name(string option) => data?[option]?.GetValue<string>();
        }
        catch (RunException)
        {
            // The options of another version: what the model was trained on is not known then.
            return new(null, null, null);
        }
    }

    /// <summary>Those of them that a table has.</summary>
    public ModelColumns In(TableColumns table)
    {
        return new(Known(Text), Known(Pair), Known(Label));

        string? Known(string? name) => name is not null && table.IndexOf(name) >= 0 ? name : null;
    }
}
