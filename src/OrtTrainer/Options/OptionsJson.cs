using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data.Sources;
using OrtTrainer.Methods;

namespace OrtTrainer.Options;

/// <summary>
/// Options as JSON in the form of options.json, any part of which may be left out: read, laid over one another and
/// checked before they become <see cref="FineTuneOptions"/>.
/// </summary>
internal static class OptionsJson
{
    private static readonly string[] Files = ["train", "eval", "test"];

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads a file of options, any part of which may be left out, and checks the form of all it
    /// has.</summary>
    /// <exception cref="RunException">The file cannot be read, is not a JSON object, or has a name that is unknown or a
    /// value of the wrong kind.</exception>
    public static JsonObject Read(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            JsonText.RequireWholeCharacters(text, Lenient);
            JsonObject options = JsonNode.Parse(text, documentOptions: Lenient) as JsonObject
                ?? throw new RunException($"{path}: expected a JSON object with options, such as {{\"epochs\": 3}}.");
            JoinFiles(options);
            return OptionsForm.FindFault(options) is ({ } place, { } fault)
                ? throw new RunException($"{path}: {place} {fault}")
                : options;
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RunException($"{path}: there is no such file. Give a file of options, as init writes it.", cause);
        }
        catch (Exception cause) when (cause is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{path}: the options cannot be read: {cause.Message}", cause);
        }
    }

    /// <summary>Makes one word of files that are given as a list.</summary>
    internal static void JoinFiles(JsonObject options)
    {
        foreach (string name in options["data"] is JsonObject ? Files : [])
        {
            if (options["data"]![name] is JsonArray { Count: > 0 } files
                && files.All(file => file?.GetValueKind() == JsonValueKind.String))
            {
                options["data"]![name] = DataFiles.Join(files.Select(file => file!.GetValue<string>()));
            }
        }
    }

    /// <summary>A new object: what <paramref name="above"/> says, and where it is silent what
    /// <paramref name="below"/> says, at every depth.</summary>
    public static JsonObject Merge(JsonObject below, JsonObject above)
    {
        JsonObject merged = (JsonObject)below.DeepClone();
        foreach ((string name, JsonNode? value) in above)
        {
            merged[name] = value is JsonObject over && merged[name] is JsonObject under
                ? Merge(under, over)
                : value?.DeepClone();
        }

        return merged;
    }

    /// <summary>The method that options name, with default settings; the default method where they name none.</summary>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public static FineTuneMethod MethodOf(JsonObject options) =>
        options["method"] is JsonValue value && value.TryGetValue(out string? text)
            ? FineTuneMethod.Parse(text)
            : MethodRegistry.Default;

    /// <summary>The names under which options hold settings of parts that a method does not have.</summary>
    public static IReadOnlyList<string> FindIdle(JsonObject options, FineTuneMethod method) =>
    [
        .. MethodRegistry.Parts.Where(part => options.ContainsKey(part.Key) && method.Set(part) is null)
            .Select(part => part.Key),
    ];

    /// <summary>Why settings of a part cannot stand beside a method that does not have it.</summary>
    internal static string Idle(string key, FineTuneMethod method)
    {
        string word = MethodRegistry.Parts.First(part => part.Key == key).Word;
        return $"{key} holds settings of the method {word}; the method is {method}. Leave them out, or make {word} a " +
            "part of the method.";
    }

    /// <summary>Why options were refused, in one line.</summary>
    internal static string Reason(Exception refusal)
    {
        // .NET adds lines with the parameter's name and value, which the first tells already.
        string reason = refusal.Message.Split('\n')[0].Split(" (Parameter ")[0].Split(" Path: ")[0].Trim();
        return refusal is JsonException { Path.Length: > 2 } malformed ? $"{malformed.Path[2..]}: {reason}" : reason;
    }

    /// <summary>What to write instead of an unknown name: the nearest known one, or all of them.</summary>
    internal static string Advice(string name, IEnumerable<string> known) =>
        NearestName.Of(name, known) is { } nearest
            ? $"did you mean {nearest}?"
            : $"known are {string.Join(", ", known)}.";
}
