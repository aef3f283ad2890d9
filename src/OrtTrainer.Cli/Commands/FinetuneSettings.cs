using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// Puts a run's options together: the command line over the options file over the embedded default. All of them are
/// one JSON object in the form of options.json, so that names and checks are the library's own.
/// </summary>
internal static class FinetuneSettings
{
    /// <summary>The resolved options.</summary>
    /// <exception cref="UsageException">Something needed is missing, or a value is wrong.</exception>
    /// <exception cref="RunException">The options file cannot be read.</exception>
    public static FineTuneOptions Of(FinetuneArguments arguments)
    {
        JsonObject options = arguments.OptionsFile is null ? [] : OptionsJson.Read(arguments.OptionsFile);
        bool embedded = arguments.Model is null && arguments.Train is null
            && options["model"] is null && options["data"]?["train"] is null;
        if (embedded)
        {
            options = OptionsJson.Merge(EmbeddedDefault.Options(), options);
        }

        options = Guard(arguments, () => OptionsJson.Merge(options, FromCommandLine(arguments, options)));
        RequireParts(options, arguments.OptionsFile);
        string model = Require(options["model"], "--model", "DIR", "the folder of a pre-trained model");
        _ = Require(options["data"]?["train"], "--train", "F", "the file to train on");
        options["output"] ??= RunNames.Next(embedded ? EmbeddedDefault.Name : model);
        return Guard(arguments, () => Deserialize(options).Resolve());
    }

    private static T Guard<T>(FinetuneArguments arguments, Func<T> build) =>
        OptionErrors.Guard(typeof(FinetuneArguments), build, arguments.Given);

    /// <summary>Refuses settings in the options file of a method that does not run.</summary>
    private static void RequireParts(JsonObject options, string? file)
    {
        FineTuneMethod method = OptionsJson.MethodOf(options);
        if (OptionsJson.FindIdle(options, method) is [{ } idle, ..])
        {
            throw new RunException($"{file}: {OptionsJson.Idle(idle, method)}");
        }
    }

    private static FineTuneOptions Deserialize(JsonObject options)
    {
        try
        {
            return options.Deserialize<FineTuneOptions>(RunJson.Options)!;
        }
        catch (JsonException malformed)
        {
            throw new UsageException($"the options cannot be read: {OptionsJson.Reason(malformed)}");
        }
    }

    private static string Require(JsonNode? value, string option, string meta, string meaning) =>
        value?.GetValue<string>() ?? throw new UsageException(
            $"{option} is missing: give {meaning} as {option} {meta}; " +
            "without both --model and --train, the embedded ones are used.");

    private static JsonObject FromCommandLine(FinetuneArguments a, JsonObject below)
    {
        JsonObject options = Given(("data", Given(
            ("train", a.Train),
            ("eval", a.Eval),
            ("test", a.Test),
            ("task", a.Task is { } task ? ModelTask.Named(task).Name : null),
            ("text_column", a.TextColumn),
            ("pair_column", a.PairColumn),
            ("label_column", a.LabelColumn),
            ("label_separator", a.LabelSeparator),
            ("tag_every_token", a.TagEveryToken ? true : null),
            ("eval_fraction", a.EvalFraction),
            ("table", Given(
                ("format", Words.Parse<DataFormat>("--format", a.Format)),
                ("columns", a.Columns?.Split(',')),
                ("delimiter", a.DelimiterCharacter),
                ("quoted", a.Quoted ? true : null))))));
        FineTuneMethod method = a.Settings.TryGetValue("method", out string? given)
            ? FineTuneMethod.Parse(given)
            : OptionsJson.MethodOf(below);
        foreach (SettingOption option in SettingOption.All.Where(option => a.Settings.ContainsKey(option.Name)))
        {
            RunSetting setting = option.Of(method);
            Set(options, setting.Path, SettingValue.Of($"--{option.Name}", setting, a.Settings[option.Name]));
        }

        return options;
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

    /// <summary>An object of the values that are not null.</summary>
    /// <exception cref="UsageException">A number is not finite, which JSON cannot hold.</exception>
    private static JsonObject Given(params (string Name, object? Value)[] values) => new(
        values.Select(Finite).Where(v => v.Value is not null and not JsonObject { Count: 0 })
            .Select(v => KeyValuePair.Create(
                v.Name, v.Value as JsonNode ?? JsonSerializer.SerializeToNode(v.Value, RunJson.Options))));

    private static (string Name, object? Value) Finite((string Name, object? Value) option) =>
        option.Value is double number && !double.IsFinite(number)
            ? throw new UsageException(FormattableString.Invariant(
                $"--{option.Name.Replace('_', '-')} is {number}; expected a finite number."))
            : option;
}
