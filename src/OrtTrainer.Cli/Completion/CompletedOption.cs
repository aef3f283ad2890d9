using OrtTrainer.Cli.Parsing;
using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Graph;
using OrtTrainer.Methods;
using OrtTrainer.Packs;
using OrtTrainer.Runtime;
using OrtTrainer.Studies.Soups;
using OrtTrainer.Tasks;
using OrtTrainer.Text.Training;

namespace OrtTrainer.Cli.Completion;

/// <summary>An option as shells complete it.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Help">What it is, in one line.</param>
/// <param name="Value">What follows it.</param>
/// <param name="Words">The words that may follow; empty where any may.</param>
internal sealed record CompletedOption(string Name, string Help, CompletedValue Value, IReadOnlyList<string> Words)
{
    // Options whose values are words, but of no enumeration in their class.
    private static readonly Dictionary<string, Func<IEnumerable<string>>> Known = new()
    {
        ["task"] = () => ModelTask.All.Select(task => task.Name),
        ["device"] = () => Device.All.Select(device => device.Name),
        ["teacher-device"] = () => Device.All.Select(device => device.Name),
        ["check"] = () => Device.All.Select(device => device.Name),
        ["format"] = Of<DataFormat>,
        ["precision"] = Of<Precision>,
        ["cuda-graphs"] = Of<RecordingMode>,
        ["frozen"] = Of<FrozenPrecision>,
        ["kind"] = Of<TokenizerKind>,
        ["quantize"] = Of<Quantization>,
        ["recipe"] = Of<SoupRecipe>,
        ["method"] = () => MethodRegistry.Parts.Select(part => part.Word),
    };

    /// <summary>All options of a command.</summary>
    public static IReadOnlyList<CompletedOption> Of(Verb verb) =>
        [.. OptionNames.Of(verb.Arguments).Select(Of), new("--help", "list the options", CompletedValue.None, [])];

    /// <summary>The words that the first word behind a command can be; empty where it is a file or a folder.</summary>
    public static IReadOnlyList<string> OperandsOf(Verb verb) =>
        ((CommandArguments)Activator.CreateInstance(verb.Arguments)!).OperandWords;

    private static CompletedOption Of(CommandOption option)
    {
        string[] words = option.Value is null ? []
            : option.Type.IsEnum ? [.. Enum.GetValues(option.Type).Cast<Enum>().Select(Parsing.Words.Of)]
            : option.Type == typeof(bool) ? ["yes", "no"]
            : Known.TryGetValue(option.Name, out Func<IEnumerable<string>>? known) ? [.. known()]
            : [];
        return new CompletedOption("--" + option.Name, option.Help, ValueOf(option, words), words);
    }

    private static CompletedValue ValueOf(CommandOption option, string[] words) =>
        option.Value is not { } value ? CompletedValue.None
        : words.Length > 0 ? CompletedValue.Word
        : value == "DIR" ? CompletedValue.Folder
        : value.StartsWith("DIR", StringComparison.Ordinal) || value == "F" || value == "PATH"
            || value.StartsWith("F.", StringComparison.Ordinal) || value.StartsWith("F|", StringComparison.Ordinal)
            ? CompletedValue.File
        : CompletedValue.Any;

    private static IEnumerable<string> Of<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(value => Parsing.Words.Of(value));
}
