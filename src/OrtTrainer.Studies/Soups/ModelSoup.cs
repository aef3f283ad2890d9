using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Export;
using OrtTrainer.Hub;
using OrtTrainer.Models;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Studies.Soups;

/// <summary>
/// Averages the weights of finished runs and exports the mean as one model (Wortsman et al. 2022). Runs are scored and
/// chosen on the evaluation data of the first; test data are never looked at.
/// </summary>
public sealed class ModelSoup : IDisposable
{
    private readonly SoupOptions _options;
    private readonly List<SoupIngredient> _ingredients = [];
    private readonly EncodedDataset _data;
    private readonly Evaluator _evaluator;
    private readonly WeightBuffer _mean;

    private ModelSoup(SoupOptions options, CancellationToken cancellation)
    {
        _options = options;
        try
        {
            foreach (string run in options.Runs)
            {
                cancellation.ThrowIfCancellationRequested();
                _ingredients.Add(SoupIngredient.Open(run, options.Weights));
            }

            SoupRules.Require(_ingredients);
            SoupIngredient first = _ingredients[0];
            _mean = new WeightBuffer(Device.Default, first.Layout.Length);
            ModelTask task = first.Data.Task;
            _data = task.Encode(
                EvaluationData(first, cancellation), task.OpenTokenizer(first.Folder), MaxLength(first),
                options.Execution.IntraOpThreads, cancellation, first.Options.Stride);
            PackedGraph graph = PackedGraph.Evaluation(first.Architecture, first.Head);
            _evaluator = new Evaluator(
                new EvaluationSession(graph, options.Execution), task, task.FindMetric(first.Summary.Metric));
        }
        catch
        {
            DisposeParts();
            throw;
        }
    }

    /// <summary>Makes a soup and exports it.</summary>
    /// <param name="options">What of and where to.</param>
    /// <param name="cancellation">Ends the work between runs, rows of data or batches; nothing is written then.</param>
    /// <exception cref="RunException">A folder holds no finished run, runs do not fit together, or the output folder is
    /// not empty.</exception>
    /// <exception cref="DataFileException">The evaluation data cannot be used.</exception>
    /// <exception cref="CheckpointException">A file of a run is damaged.</exception>
    public static SoupResult Make(SoupOptions options, CancellationToken cancellation = default)
    {
        RunFolder.RequireFree(options.Output);
        using ModelSoup soup = new(options, cancellation);
        return soup.Make(cancellation);
    }

    /// <summary>Frees the mean and the models.</summary>
    public void Dispose() => DisposeParts();

    private SoupResult Make(CancellationToken cancellation)
    {
        double[] scores = [.. _ingredients.Select(i => Score(i.Weights, cancellation).Score)];
        IReadOnlyList<int> kept = Choose(scores, cancellation);
        EvaluationScores reached = Score(_mean, cancellation);
        ExportReference reference = new(_data.Inputs, _evaluator.Session, _mean, _options.Execution);
        ExportResult result = ModelExporter.Export(
            _options.Output, Model(), ProvenanceOf(kept, scores, reached.Score), reference, cancellation);
        return new SoupResult
        {
            Metric = _evaluator.Metric.Name,
            Examples = _data.Source.Count,
            Recipe = _options.Recipe,
            Weights = _options.Weights,
            Runs = [.. _ingredients.Select((ingredient, i) => new SoupScore(
                ingredient.Folder, scores[i], kept.Contains(i) ? kept.ToList().IndexOf(i) + 1 : null))],
            Score = reached.Score,
            Values = reached.Values,
            Output = Path.GetFullPath(_options.Output),
            ExportDifference = result.Comparison!.MaxAbsolute,
            Notes = [.. SoupRules.Notes(_ingredients)],
        };
    }

    /// <summary>Fills the mean; tells the runs it is made of, in the order in which they went in.</summary>
    private IReadOnlyList<int> Choose(double[] scores, CancellationToken cancellation)
    {
        if (_options.Recipe == SoupRecipe.Uniform)
        {
            WeightSoup.Uniform([.. _ingredients.Select(i => i.Weights)], _mean);
            return [.. Enumerable.Range(0, _ingredients.Count)];
        }

        if (scores.All(double.IsNaN))
        {
            throw new RunException($"{_evaluator.Metric} is not defined for any of the runs on the evaluation data, " +
                "so that none can be chosen by it. Take the uniform recipe.");
        }

        double sign = _evaluator.Metric.HigherIsBetter ? 1 : -1;
        return WeightSoup.Greedy(
            [.. _ingredients.Zip(scores, (ingredient, score) => (ingredient.Weights, sign * score))], _mean,
            weights => sign * Score(weights, cancellation).Score);
    }

    private EvaluationScores Score(WeightBuffer weights, CancellationToken cancellation) =>
        _evaluator.Evaluate(weights, _data, cancellation);

    private FineTunedModel Model()
    {
        SoupIngredient first = _ingredients[0];
        return new FineTunedModel
        {
            Config = first.Config,
            Task = first.Data.Task,
            Labels = first.Labels,
            Layout = first.Layout,
            Parameters = _mean,
            TokenizerFolder = first.Folder,
            MaxLength = MaxLength(first),
        };
    }

    private Provenance ProvenanceOf(IReadOnlyList<int> kept, double[] scores, double reached)
    {
        SoupIngredient first = _ingredients[0];
        string weights = _options.Weights.ToString().ToLowerInvariant();
        return new Provenance
        {
            Method = $"{_options.Recipe.ToString().ToLowerInvariant()}-soup",
            Task = first.Data.Task,
            Metric = _evaluator.Metric.Name,
            Seed = first.Options.Seed,
            BaseModel = HubModels.NameOf(first.Options.Model),
            Formula = $"mean of the {weights} weights of {kept.Count} runs",
            Ingredients = [.. kept.Select(i => FormattableString.Invariant(
                $"{Path.GetFileName(_ingredients[i].Folder)} ({_ingredients[i].Options.Method}, seed ") +
                FormattableString.Invariant($"{_ingredients[i].Options.Seed}, {_evaluator.Metric} {scores[i]})"))],
            Scores = new Dictionary<string, double> { ["soup"] = reached },
        };
    }

    private static int MaxLength(SoupIngredient run) =>
        Math.Min(run.Options.MaxLength, run.Architecture.Shape.Positions);

    /// <summary>The evaluation data of a run, read again with its model's labels.</summary>
    private static Dataset EvaluationData(SoupIngredient run, CancellationToken cancellation)
    {
        DataOptions data = run.Data;
        return data.Eval is { } file
            ? LabeledData.Read(file, data, data.Task.LabelsOf(run.Config.Id2Label), cancellation: cancellation)
            : LabeledData.Load(data with { ModelLabels = run.Config.Id2Label }, cancellation: cancellation).Eval;
    }

    // Some are missing where the constructor failed on its way.
    private void DisposeParts()
    {
        _evaluator?.Dispose();
        _mean?.Dispose();
        foreach (SoupIngredient ingredient in _ingredients)
        {
            ingredient.Dispose();
        }
    }
}
