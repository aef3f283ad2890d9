using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Randomness;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Studies.Flatness;

/// <summary>A finished run, opened for measuring: its model, its weights and some examples. It is only read.</summary>
internal sealed class ProbedRun : IDisposable
{
    private readonly List<ProbedWeights> _weights = [];
    private readonly List<string> _notes = [];

    private ProbedRun(
        string folder, FineTuneOptions run, PretrainedModel model, FlatnessOptions options,
        CancellationToken cancellation)
    {
        RunData data = RunData.Load(
            run with { Model = folder, Data = DataOf(run, model, options) }, model,
            run.Data.Task.OpenTokenizer(folder), cancellation);
        if (data.Train.Targets.GroupSize > 1)
        {
            throw new RunException($"{folder}: flatness is measured of a mean loss over examples; the loss of "
                + $"{data.Task} is one of whole batches. Measure a run of another task.");
        }

        bool train = options.Data == "train";
        EncodedDataset all = train ? data.Train : data.Eval;
        Examples = Some(all, options);
        Data = train ? run.Data.Train : data.EvalOrigin;
        Metric = data.Task.MetricFor(run.Metric, data.Eval.Source);
        Layout = PackedGraph.Evaluation(model.Architecture, data.Task.Head(data.Outputs)).Layout;
        try
        {
            ReadWeights(folder, options);
            cancellation.ThrowIfCancellationRequested();
            ExecutionOptions execution = new()
            {
                IntraOpThreads = options.Threads ?? Environment.ProcessorCount,
                UseKernels = run.Kernels,
            };
            Surface = new ModelSurface(model.Architecture, data.Task, Examples, Metric, execution);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The examples that are measured on.</summary>
    public EncodedDataset Examples { get; }

    /// <summary>Where they come from.</summary>
    public string Data { get; }

    public Metric Metric { get; }

    public ParameterLayout Layout { get; }

    public ModelSurface Surface { get; }

    /// <summary>The live weights, the averaged ones where there are any, and those of another file.</summary>
    public IReadOnlyList<ProbedWeights> Weights => _weights;

    /// <summary>What cannot be measured.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Opens a run.</summary>
    /// <param name="run">The output folder of the run.</param>
    /// <param name="options">What is to be measured.</param>
    /// <param name="cancellation">Stops between two blocks of a file or two examples.</param>
    /// <exception cref="RunException">There is no finished run.</exception>
    /// <exception cref="CheckpointException">A file of the run is damaged.</exception>
    /// <exception cref="DataFileException">The data cannot be used.</exception>
    public static ProbedRun Open(string run, FlatnessOptions options, CancellationToken cancellation = default)
    {
        string folder = Path.GetFullPath(run);
        _ = RunSummary.Read(folder);
        FineTuneOptions settings = FineTuneOptions.Read(RunFolder.OptionsFileOf(folder));
        using PretrainedModel model = PretrainedModel.Open(folder);
        return new ProbedRun(folder, settings, model, options, cancellation);
    }

    public void Dispose()
    {
        Surface?.Dispose();
        foreach (ProbedWeights weights in _weights)
        {
            weights.Dispose();
        }
    }

    /// <summary>The run's data, with the labels in the model's order and nothing read that is not needed.</summary>
    private static DataOptions DataOf(FineTuneOptions run, PretrainedModel model, FlatnessOptions options)
    {
        DataOptions data = run.Data with
        {
            Test = null,
            ModelLabels = model.Config.Id2Label,
        };
        return options.Data switch
        {
            "train" or "eval" => data,
            string file => data with { Train = Path.GetFullPath(file), Eval = Path.GetFullPath(file) },
        };
    }

    private static EncodedDataset Some(EncodedDataset all, FlatnessOptions options)
    {
        int[] rows = [.. Enumerable.Range(0, all.Source.Count)];
        if (rows.Length <= options.Examples)
        {
            return all;
        }

        SeededRandom.For((ulong)options.Seed, "examples to measure flatness on").Shuffle(rows);
        rows = rows[..options.Examples];
        Array.Sort(rows);
        return all.Take(rows);
    }

    private void ReadWeights(string folder, FlatnessOptions options)
    {
        _weights.Add(ProbedWeights.Read("live", FileOf(folder, "last"), Layout));
        string averaged = FileOf(folder, "averaged");
        if (File.Exists(averaged))
        {
            _weights.Add(ProbedWeights.Read("averaged", averaged, Layout));
        }
        else
        {
            _notes.Add("The run has no averaged weights; the live ones alone are measured.");
        }

        if (options.Weights is { } other)
        {
            _weights.Add(ProbedWeights.Read(Path.GetFileName(other), Path.GetFullPath(other), Layout));
        }
    }

    private static string FileOf(string folder, string name) => Path.Combine(folder, "run", name + ".safetensors");
}
