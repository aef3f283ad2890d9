using OrtTrainer.Calibration;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Hub;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>Opens a model with a task's head in Hugging Face layout, whoever trained it, for export.</summary>
internal static class ModelExport
{
    /// <param name="folder">The model.</param>
    /// <param name="adapter">A folder of PEFT's with adapters that are merged into the weights; null for none.</param>
    /// <exception cref="RunException">The weights lack the head.</exception>
    public static ExportSource Open(string folder, string? adapter)
    {
        using PretrainedModel source = PretrainedModel.Open(folder, adapter: adapter);
        ModelTask task = ModelTask.Of(source.Config);
        IReadOnlyList<string> labels = task.OutputNames(source.Config);
        ParameterLayout layout = PackedGraph.Evaluation(source.Architecture, task.Head(labels.Count)).Layout;
        WeightBuffer weights = new(Device.Default, layout.Length);
        try
        {
            IReadOnlyList<string> random = source.Load(layout, weights, seed: 0);
            if (random.Count > 0)
            {
                string missing = string.Join(", ", random);
                throw new RunException($"{folder}: the weights lack {missing} for {labels.Count} labels, so " +
                    "this is no fine-tuned model yet. Fine-tune it first.");
            }

            FineTunedModel model = new()
            {
                Config = source.Config,
                Task = task,
                Labels = labels,
                Layout = layout,
                Parameters = weights,
                TokenizerFolder = folder,
                Calibration = adapter is null && task.DecidesClasses ? ModelCalibration.Find(folder) : null,
            };
            Provenance provenance = new()
            {
                Method = adapter is null ? "none" : "lora",
                Task = model.Task,
                Metric = "none",
                Seed = 0,
                BaseModel = HubModels.NameOf(Path.GetFullPath(folder)),
            };
            return new ExportSource(
                model, provenance,
                $"the model in {folder}" + (adapter is null ? "" : $" with the adapter in {adapter}"));
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }
}
