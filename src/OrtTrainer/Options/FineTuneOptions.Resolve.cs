using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;

namespace OrtTrainer.Options;

public sealed partial record FineTuneOptions
{
    /// <summary>
    /// These options with every value that a method or the machine decides filled in, and full paths.
    /// </summary>
    /// <exception cref="ArgumentException">The task has no such metric, or options contradict each other.</exception>
    public FineTuneOptions Resolve()
    {
        MethodRules.Require(this);
        if (Method.AveragesAtHighRate && SwaRate == SwaRate.Cyclical && SwaInterval < 2)
        {
            throw new ArgumentException($"{nameof(SwaInterval)} is {SwaInterval}, the length of a cycle of the rate; " +
                $"with {nameof(SwaRate)} cyclical expected 2 or more.");
        }

        if ((long)BatchSize * Accumulation > int.MaxValue)
        {
            throw new ArgumentException(
                $"{nameof(BatchSize)} {BatchSize} times {nameof(Accumulation)} {Accumulation} is more than " +
                $"{int.MaxValue} examples per step.");
        }

        return this with
        {
            Model = Path.GetFullPath(Model),
            Output = Path.GetFullPath(Output),
            Data = Data with
            {
                Train = Path.GetFullPath(Data.Train),
                Eval = Data.Eval is null ? null : Path.GetFullPath(Data.Eval),
                TextColumn = Data.Columns.Text,
                LabelColumn = Data.Columns.Label,
                Test = Data.Test is null ? null : Path.GetFullPath(Data.Test),
            },
            Teacher = Teacher is null or { NamesNone: true } ? Teacher : Teacher.Resolve(),
            LearningRate = EffectiveLearningRate,
            Schedule = EffectiveSchedule,
            Threads = EffectiveThreads,
            Metric = (Metric is null ? Data.Task.DefaultMetric : Data.Task.FindMetric(Metric)).Name,
        };
    }

    /// <summary>
    /// The options in the form of options.json, without the settings of methods that the run does not use:
    /// <see cref="Read"/> gives those their defaults again.
    /// </summary>
    public JsonObject ToJson()
    {
        JsonObject json = JsonSerializer.SerializeToNode(this, RunJson.Options)!.AsObject();
        foreach (string unused in PartSettings.ByPart.Values.Except(PartSettings.Of(Method)))
        {
            json.Remove(unused);
        }

        return json;
    }

    /// <summary>Reads options from a JSON file with the names of these properties in snake_case.</summary>
    /// <exception cref="RunException">The file is missing or malformed, or a name or value is wrong.</exception>
    public static FineTuneOptions Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<FineTuneOptions>(File.ReadAllText(path), RunJson.Options)
                ?? throw new RunException($"{path}: expected an object with options, found null.");
        }
        catch (Exception cause) when (
            cause is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // .NET adds lines with the parameter's name and value, which the first one tells already.
            string reason = cause.Message.Split('\n')[0].Trim();
            throw new RunException($"{path}: the options cannot be read: {reason}", cause);
        }
    }

    private static string NotEmpty(string value, [CallerMemberName] string name = "") =>
        string.IsNullOrWhiteSpace(value)
        ? throw new ArgumentException($"{name} is empty; expected a folder.", name)
        : value;

    private static int[] Existing(IReadOnlyList<int> layers) => layers.Count > 0 && layers.All(layer => layer >= 0)
        ? [.. layers]
        : throw new ArgumentException(
            $"{nameof(Layers)} is [{string.Join(", ", layers)}]; expected at least one layer, counted from 0.",
            nameof(Layers));
}
