using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Options;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// The small encoder and data set that come with the program: messages to a shop, sorted into six desks.
/// </summary>
internal static class EmbeddedDefault
{
    /// <summary>The word for the encoder wherever a model's folder is wanted.</summary>
    public const string Name = "embedded";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "onnx-models", Name);

    /// <summary>Messages that are in none of the files.</summary>
    public static IReadOnlyList<string> Samples { get; } =
    [
        "The parcel was supposed to arrive on Monday and there is still no sign of it",
        "You charged my card twice for the same order",
        "I can't log in since I changed my e-mail address",
        "Best headphones I ever had, thank you so much",
    ];

    /// <summary>The encoder's folder.</summary>
    public static string Model { get; } = Path.Combine(Folder, "encoder");

    /// <summary>Has the encoder found by its name.</summary>
    public static void Register() =>
        ModelFolder.Bundled = new Dictionary<string, string> { [Name] = Model };

    /// <summary>The encoder, and the options of a tiny one that differ from the library's.</summary>
    public static JsonObject Encoder() => new()
    {
        ["model"] = Name,
        ["epochs"] = 8,
        ["learning_rate"] = 1e-3,
        // The encoder was pre-trained without dropout, and its configuration has none.
        ["dropout"] = 0.1,
    };

    /// <summary>Whether options name the encoder.</summary>
    public static bool IsUsedBy(JsonObject options) =>
        options["model"]?.GetValue<string>() is Name && ModelFolder.FindBundled(Name) is not null;

    /// <summary>Where the data are.</summary>
    public static JsonObject Data() => new()
    {
        ["data"] = new JsonObject
        {
            ["train"] = Path.Combine(Folder, "train.tsv"),
            ["eval"] = Path.Combine(Folder, "eval.tsv"),
            ["test"] = Path.Combine(Folder, "test.tsv"),
            ["text_column"] = "text",
            ["label_column"] = "label",
        },
    };

    /// <summary>Whether a run is of the embedded data.</summary>
    public static bool IsUsedBy(FineTuneOptions options) => options.Data.Train == Path.Combine(Folder, "train.tsv");
}
