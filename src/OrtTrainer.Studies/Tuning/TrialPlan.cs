using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Studies.Tuning;

/// <summary>The options of trials, and the steps at which they pause.</summary>
internal sealed class TrialPlan
{
    /// <summary>Rungs below the end of the longest trial: at a ninth and a third of its examples.</summary>
    public const int Rungs = 2;

    private readonly TuneFile _file;
    private readonly double _longest;

    /// <param name="file">What is tried.</param>
    /// <param name="output">Full path of the search's folder.</param>
    /// <param name="cancellation">Ends reading the data.</param>
    /// <exception cref="StudyException">The defaults make no run.</exception>
    /// <exception cref="DataFileException">A data file cannot be used.</exception>
    public TrialPlan(TuneFile file, string output, CancellationToken cancellation)
    {
        (_file, Output) = (file, output);
        FineTuneOptions defaults = Resolve([], Output);
        // No trial sees the test file, and neither does this.
        DataSplits splits = LabeledData.Load(defaults.Data with { Test = null }, cancellation: cancellation);
        (Examples, EvalExamples, EvalOrigin) = (splits.Train.Count, splits.Eval.Count, splits.EvalOrigin);
        Metric = defaults.Data.Task.FindMetric(
            defaults.Metric ?? throw new StudyException($"{file.Origin}: the data decide which metric "
                + $"{defaults.Data.Task} has; name one of {string.Join(", ", defaults.Data.Task.Metrics)} as metric."));
        _longest = Longest();
    }

    /// <summary>Full path of the search's folder.</summary>
    public string Output { get; }

    /// <summary>Examples to train on.</summary>
    public int Examples { get; }

    /// <summary>Examples to choose by.</summary>
    public int EvalExamples { get; }

    /// <summary>Where they come from, in words.</summary>
    public string EvalOrigin { get; }

    /// <summary>What decides.</summary>
    public Metric Metric { get; }

    /// <summary>The test file; null for none.</summary>
    public string? Test => Resolve([], Output).Data.Test;

    /// <summary>The settings of a trial, without those of parts that its method does not have.</summary>
    /// <param name="values">A value for each setting searched.</param>
    /// <returns>The settings, and the values with null for what has no part.</returns>
    public (JsonObject Settings, double?[] Values) Settle(IReadOnlyList<double> values)
    {
        JsonObject settings = [];
        foreach ((SearchDimension dimension, double value) in _file.Dimensions.Zip(values))
        {
            settings = OptionsJson.Merge(settings, dimension.Part(dimension.ToJson(value)));
        }

        FineTuneMethod method = OptionsJson.MethodOf(OptionsJson.Merge(_file.Defaults, settings));
        IReadOnlyList<string> idle = OptionsJson.FindIdle(settings, method);
        foreach (string key in idle)
        {
            settings.Remove(key);
        }

        return (settings, [.. _file.Dimensions.Zip(values, (dimension, value) =>
            idle.Contains(dimension.Name.Split('.')[0]) ? (double?)null : value)]);
    }

    /// <summary>The values that the defaults have of the settings searched; null where a value is not one that is
    /// searched.</summary>
    public double?[] DefaultValues()
    {
        JsonObject options = Resolve([], Output).ToJson();
        return [.. _file.Dimensions.Select(dimension =>
            dimension.FromJson(dimension.Find(options)) is var value && double.IsNaN(value) ? (double?)null : value)];
    }

    /// <summary>The options of a run that never sees the test data.</summary>
    /// <param name="settings">The settings tried.</param>
    /// <param name="folder">The run's folder, relative to the search's.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="pauses">Whether it is scored at the rungs.</param>
    public FineTuneOptions Options(JsonObject settings, string folder, long seed, bool pauses = true)
    {
        FineTuneOptions options = Resolve(settings, Path.GetFullPath(folder, Output));
        options = options with { Seed = seed, Data = options.Data with { Test = null } };
        return pauses ? options with { EvalSteps = RungStep(options, 0) } : options;
    }

    /// <summary>The options of the best trial as a file for <c>finetune --options</c>.</summary>
    public JsonObject ForFinetune(JsonObject settings)
    {
        JsonObject options = (Resolve(settings, Output) with { Seed = _file.Seed }).ToJson();
        options.Remove("output");
        options.Remove("threads");
        return options;
    }

    /// <summary>Optimizer steps of a run.</summary>
    public long StepsOf(FineTuneOptions options) =>
        options.MaxSteps ?? Math.Max(1, RunLength.StepsOf(options.Epochs, StepsPerEpoch(options)));

    /// <summary>Examples that so many steps see.</summary>
    public static double ExamplesOf(FineTuneOptions options, long steps) =>
        (double)steps * options.BatchSize * options.Accumulation;

    /// <summary>The step of a rung, 0 for the lowest.</summary>
    public long RungStep(FineTuneOptions options, int rung)
    {
        double lowest = _longest / Math.Pow(SuccessiveHalving.Eta, Rungs);
        long step = Math.Max(1, (long)Math.Ceiling(lowest / (options.BatchSize * options.Accumulation)));
        return step * (long)Math.Pow(SuccessiveHalving.Eta, rung);
    }

    /// <summary>The step at which a trial that has passed so many rungs pauses next; null where it then runs to its
    /// end.</summary>
    public long? NextPause(FineTuneOptions options, int passed) =>
        passed < Rungs && RungStep(options, passed) is var step && step < StepsOf(options) ? step : null;

    private long StepsPerEpoch(FineTuneOptions options)
    {
        long perStep = (long)options.BatchSize * options.Accumulation;
        return (Examples + perStep - 1) / perStep;
    }

    /// <summary>The examples that the longest trial sees.</summary>
    private double Longest()
    {
        FineTuneOptions defaults = Resolve([], Output);
        double longest = ExamplesOf(defaults, StepsOf(defaults));
        foreach (SearchDimension dimension in _file.Dimensions.Where(d => d.Name is "epochs" or "max_steps"))
        {
            IEnumerable<JsonNode?> values = dimension is ChoiceDimension choice
                ? choice.Values
                : [dimension.ToJson(((RangeDimension)dimension).High)];
            longest = values.Select(value => Resolve(dimension.Part(value), Output))
                .Max(options => ExamplesOf(options, StepsOf(options)));
        }

        return longest;
    }

    private FineTuneOptions Resolve(JsonObject settings, string output)
    {
        JsonObject merged = OptionsJson.Merge(_file.Defaults, settings);
        foreach (string idle in OptionsJson.FindIdle(merged, OptionsJson.MethodOf(merged)))
        {
            merged.Remove(idle);
        }

        merged["output"] = output;
        if (_file.Metric is { } metric)
        {
            merged["metric"] = metric;
        }

        try
        {
            return merged.Deserialize<FineTuneOptions>(RunJson.Options)!.Resolve();
        }
        catch (Exception refused) when (refused is ArgumentException or JsonException or RunException)
        {
            string tried = settings.Count > 0 ? $"with {settings.ToJsonString()}" : "defaults";
            throw new StudyException($"{_file.Origin}: {tried}: {OptionsJson.Reason(refused)}", refused);
        }
    }
}
