using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Hub;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Inspection;

/// <summary>Looks at the output folder of a run: its options, its end, and the model it exported.</summary>
internal static class RunInspection
{
    public static void Look(FolderInfo info)
    {
        FolderInspection.Guard(info, () =>
        {
            FineTuneOptions options = FineTuneOptions.Read(RunFolder.OptionsFileOf(info.Folder));
            info.Provenance["method"] = options.Method.ToString();
            info.Provenance["task"] = options.Data.Task.Name;
            info.Provenance["base_model"] = options.Model;
            info.Provenance["train"] = options.Data.Train;
            if (!HubModels.IsWord(options.Model) && !Path.Exists(options.Model))
            {
                info.Notes.Add($"the model that it began from, {options.Model}, is gone; the run cannot be repeated");
            }
        });
        FolderInspection.Guard(info, () => LookAtEnd(info));
        if (FolderInspection.Has(info.Folder, ModelConfig.FileName))
        {
            ModelInspection.Look(info);
        }
    }

    private static void LookAtEnd(FolderInfo info)
    {
        string file = RunFolder.SummaryFileOf(info.Folder);
        if (!File.Exists(file))
        {
            info.Notes.Add($"not finished: go on with orttrainer finetune --resume {info.Folder}");
            return;
        }

        try
        {
            RunSummary summary = JsonSerializer.Deserialize<RunSummary>(File.ReadAllText(file), RunJson.Options)!;
            info.Provenance["weights"] = summary.Exported;
            info.Provenance["steps"] = FormattableString.Invariant($"{summary.Steps}");
            info.Provenance["seed"] = FormattableString.Invariant($"{summary.Seed}");
            info.Provenance["metric"] = summary.Metric;
        }
        catch (JsonException malformed)
        {
            info.Misfits.Add($"{file}: is damaged ({malformed.Message}). Resume the run: it is written again.");
            return;
        }

        if (!FolderInspection.Has(info.Folder, ModelConfig.FileName))
        {
            info.Misfits.Add($"{info.Folder}: the run is finished, but its export lacks config.json. Export it again: "
                + $"orttrainer export --run {info.Folder} --out DIR.");
        }
    }
}
