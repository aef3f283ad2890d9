using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Import;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>Options of runs as JSON objects in the form of options.json: what commands that train put together
/// alike.</summary>
internal static class RunSettings
{
    /// <summary>Refuses settings in the options file of a method that does not run.</summary>
    public static void RequireParts(JsonObject options, string? file)
    {
        FineTuneMethod method = OptionsJson.MethodOf(options);
        if (OptionsJson.FindIdle(options, method) is [{ } idle, ..])
        {
            throw new RunException($"{file}: {OptionsJson.Idle(idle, method)}");
        }
    }

    /// <summary>Refuses, before any work, a model that is neither a folder nor a file to import.</summary>
    /// <exception cref="RunException">It is neither.</exception>
    public static void RequireModel(FineTuneOptions options)
    {
        if (!ModelImport.IsFile(options.Model))
        {
            ModelFolder.Require(options.ModelFolder);
        }
    }

    /// <summary>Sets what an engine other than this program's own cannot do to none, where nothing is said of
    /// it.</summary>
    public static void CompleteForEngine(JsonObject options)
    {
        if (options["engine"] is JsonValue value && value.TryGetValue(out string? word)
            && OptionWords.Plain(word) == OptionWords.Plain(FineTuneOptions.OrtTraining))
        {
            options["dropout"] ??= 0;
            options["weight_decay"] ??= 0;
        }
    }

    public static FineTuneOptions Deserialize(JsonObject options) => Deserialize<FineTuneOptions>(options);

    /// <summary>Options from their JSON object.</summary>
    /// <typeparam name="T">The record of options.</typeparam>
    /// <exception cref="UsageException">They have another form.</exception>
    public static T Deserialize<T>(JsonObject options)
    {
        try
        {
            return options.Deserialize<T>(RunJson.Options)!;
        }
        catch (JsonException malformed)
        {
            throw new UsageException($"the options cannot be read: {OptionsJson.Reason(malformed)}");
        }
    }

    /// <summary>Sets what the command line gives of the library's options.</summary>
    /// <param name="options">Where they go.</param>
    /// <param name="given">What the command line gives, by option.</param>
    /// <param name="below">The options that it wins over, which may name the method.</param>
    public static void Add(JsonObject options, IReadOnlyDictionary<string, string> given, JsonObject below)
    {
        FineTuneMethod method = given.TryGetValue("method", out string? word)
            ? FineTuneMethod.Parse(word)
            : OptionsJson.MethodOf(below);
        foreach (SettingOption option in SettingOption.All.Where(option => given.ContainsKey(option.Name)))
        {
            RunSetting setting = option.Of(method);
            Set(options, setting.Path, SettingValue.Of($"--{option.Name}", setting, given[option.Name]));
        }
    }

    private static void Set(JsonObject options, IReadOnlyList<string> path, JsonNode value)
    {
        JsonObject holder = options;
        foreach (string name in path.SkipLast(1))
        {
            holder = (JsonObject)(holder[name] ??= new JsonObject());
        }

        holder[path[^1]] = value;
    }

    /// <summary>What the command line says of labeled data and of how their files are read.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="task">The word of the task; null where none is given.</param>
    /// <param name="more">What the command alone says of them.</param>
    /// <exception cref="UsageException">A value is wrong.</exception>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public static JsonObject DataOf(
        LabelledArguments arguments, string? task, params (string Name, object? Value)[] more) => Given(
        [
            ("task", task is null ? null : ModelTask.Named(task).Name),
            ("text_column", arguments.TextColumn),
            ("pair_column", arguments.PairColumn),
            ("label_column", arguments.LabelColumn),
            ("label_separator", arguments.LabelSeparator),
            .. more,
            ("table", Given(
                ("format", Words.Parse<DataFormat>("--format", arguments.Format)),
                ("columns", arguments.Columns?.Split(',')),
                ("delimiter", arguments.DelimiterCharacter),
                ("encoding", arguments.Encoding),
                ("quoted", arguments.Quoted ? true : null))),
        ]);

    /// <summary>An object of the values that are not null.</summary>
    /// <exception cref="UsageException">A number is not finite, which JSON cannot hold.</exception>
    public static JsonObject Given(params (string Name, object? Value)[] values) => new(
        values.Select(Finite).Where(v => v.Value is not null and not JsonObject { Count: 0 })
            .Select(v => KeyValuePair.Create(
                v.Name, v.Value as JsonNode ?? JsonSerializer.SerializeToNode(v.Value, RunJson.Options))));

    private static (string Name, object? Value) Finite((string Name, object? Value) option) =>
        option.Value is double number && !double.IsFinite(number)
            ? throw new UsageException(FormattableString.Invariant(
                $"--{option.Name.Replace('_', '-')} is {number}; expected a finite number."))
            : option;
}
