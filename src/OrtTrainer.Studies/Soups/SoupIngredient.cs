using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Studies.Soups;

/// <summary>Weights of a finished run, with what tells whether they go with others.</summary>
internal sealed class SoupIngredient : IDisposable
{
    private SoupIngredient(string folder, FineTuneOptions options, RunSummary summary, ModelConfig config)
    {
        Folder = folder;
        Options = options;
        Summary = summary;
        Config = config;
        Data = options.Data.For(config);
        Labels = Data.Task.OutputNames(config);
        Head = Data.Task.Head(Labels.Count);
        Layout = PackedGraph.Evaluation(Architecture, Head).Layout;
        Weights = new WeightBuffer(Device.Default, Layout.Length);
    }

    public string Folder { get; }

    public FineTuneOptions Options { get; }

    /// <summary>The run's data, with its task as it is for the model.</summary>
    public DataOptions Data { get; }

    public RunSummary Summary { get; }

    public ModelConfig Config { get; }

    /// <summary>A name per output.</summary>
    public IReadOnlyList<string> Labels { get; }

    public Architecture Architecture => Architecture.For(Config);

    /// <summary>What stands on the encoder.</summary>
    public ModelHead Head { get; }

    public ParameterLayout Layout { get; }

    public WeightBuffer Weights { get; }

    /// <exception cref="RunException">There is no finished run, or it did not keep such weights.</exception>
    /// <exception cref="CheckpointException">A file of the run is damaged.</exception>
    public static SoupIngredient Open(string folder, SoupWeights weights)
    {
        RunSummary summary = RunSummary.Read(folder);
        SoupIngredient ingredient = new(
            folder, FineTuneOptions.Read(RunFolder.OptionsFileOf(folder)), summary, ModelConfig.Load(folder));
        try
        {
            ingredient.Layout.Fill(ingredient.Weights, FileOf(folder, weights));
            return ingredient;
        }
        catch
        {
            ingredient.Dispose();
            throw;
        }
    }

    public void Dispose() => Weights.Dispose();

    private static string FileOf(string folder, SoupWeights weights)
    {
        string file = weights switch
        {
            SoupWeights.Live => Path.Combine(folder, "run", WeightFiles.Last + ".safetensors"),
            SoupWeights.Averaged => Path.Combine(folder, "run", WeightFiles.Averaged + ".safetensors"),
            _ => Path.Combine(folder, "model.safetensors"),
        };
        return File.Exists(file) ? file : throw new RunException(weights == SoupWeights.Averaged
            ? $"{file} is missing: the run averaged nothing. Take the weights that runs exported, or leave it out."
            : $"{file} is missing: the file was removed. Take other weights, or leave the run out.");
    }
}
