using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Hub;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Averaging;
using System.Text.Json;

namespace OrtTrainer.Cli.Commands;

/// <summary>Opens weights that a finished run keeps, with all that is known of how they came to be.</summary>
internal static class RunExport
{
    /// <param name="run">The output folder of a finished run.</param>
    /// <param name="weights">Which of its weights.</param>
    /// <exception cref="RunException">There is no finished run, or it did not keep such weights.</exception>
    /// <exception cref="CheckpointException">A file of the run is damaged.</exception>
    public static ExportSource Open(string run, RunWeights weights)
    {
        string folder = Path.GetFullPath(run);
        RunSummary summary = RunSummary.Read(folder);
        FineTuneOptions options = FineTuneOptions.Read(RunFolder.OptionsFileOf(folder));
        string file = FileOf(folder, weights, options);
        ModelConfig config = ModelConfig.Load(folder);
        Architecture architecture = Architecture.For(config);
        ModelTask task = options.Data.For(config).Task;
        IReadOnlyList<string> labels = task.OutputNames(config);
        ModelHead head = task.Head(labels.Count);
        ParameterLayout layout = PackedGraph.Evaluation(architecture, head).Layout;
        WeightBuffer buffer = new(Device.Default, layout.Length);
        try
        {
            layout.Fill(buffer, file);
            FineTunedModel model = new()
            {
                Config = config,
                Task = task,
                Labels = labels,
                Layout = layout,
                Parameters = buffer,
                TokenizerFolder = folder,
                MaxLength = Math.Min(options.MaxLength, architecture.Shape.Positions),
            };
            return new ExportSource(
                model, ProvenanceOf(folder, weights, options, summary),
                    $"the {Parsing.Words.Of(weights)} weights of {run}");
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private static string FileOf(string folder, RunWeights weights, FineTuneOptions options)
    {
        (string name, string absence) = weights switch
        {
            RunWeights.Live => ("last", "the file was removed"),
            RunWeights.Averaged => ("averaged", options.Method.Averaging is null
                ? "the run averaged nothing; add --weights live"
                : "the file was removed, or training ended before averaging started; add --weights live"),
            _ => ("best", "the run did not keep its best weights (finetune --keep-best does); add --weights live"),
        };
        string file = Path.Combine(folder, "run", name + ".safetensors");
        return File.Exists(file) ? file : throw new RunException($"{file} is missing: {absence}.");
    }

    private static Provenance ProvenanceOf(string folder, RunWeights weights, FineTuneOptions options,
        RunSummary summary)
    {
        bool averaged = weights == RunWeights.Averaged;
        return new Provenance
        {
            Method = options.Method.ToString(),
            Task = options.Data.Task,
            Metric = summary.Metric,
            Seed = summary.Seed,
            BaseModel = HubModels.NameOf(options.Model),
            AveragedSteps = averaged ? AveragedStepsOf(folder, options) : null,
            Scores = new Dictionary<string, double?>
            {
                ["live"] = weights == RunWeights.Best ? summary.Best : summary.Live,
                ["averaged"] = summary.Averaged,
                ["test_live"] = weights == RunWeights.Best ? null : summary.TestLive,
                ["test_averaged"] = summary.TestAveraged,
            }.Where(s => s.Value is { } score && double.IsFinite(score)).ToDictionary(s => s.Key, s => s.Value!.Value),
        };
    }

    /// <summary>The steps of the average as the last checkpoint has them; null where it was removed.</summary>
    private static AveragedSteps? AveragedStepsOf(string folder, FineTuneOptions options)
    {
        RunCheckpointStore store = new(Path.Combine(folder, "run"));
        if (!store.TryLoadLatest(out RunCheckpointFile? checkpoint, out _))
        {
            return null;
        }

        using (checkpoint)
        {
            AverageState state = JsonSerializer.Deserialize<AverageState>(checkpoint.State["average"], RunJson.Options);
            return options.Method.Averaging?.StepsOf(state);
        }
    }
}
