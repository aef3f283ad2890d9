using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Hub;
using OrtTrainer.Tasks;
using OrtTrainer.Teachers;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>teacher</c>.</summary>
internal sealed class TeacherArguments : LabelledArguments
{
    private static readonly string[] OfModelsOnly =
        ["--max-length", "--top-k", "--batch-tokens", "--threads", "--cache"];

    [Section("Teacher and data")]
    [Option("model", MetaValue = "DIR|F.onnx", HelpText = "folder of a fine-tuned model, or an ONNX file in one")]
    public string? Model { get; set; }

    [Option("logits", MetaValue = "F", HelpText = "instead of --model: logits made elsewhere, a row per row of --data")]
    public string? Logits { get; set; }

    [Option("data", MetaValue = "F", HelpText = "file of labelled texts: what the student will train on")]
    public string? Data { get; set; }

    [Option("task", MetaValue = "TASK",
        HelpText = "{tasks} (default: classification)")]
    public string? Task { get; set; }

    [Option("out", MetaValue = "F", HelpText = "write the logits to a .safetensors, .csv or .tsv file")]
    public string? Output { get; set; }

    [Option("max-length", MetaValue = "N", HelpText = "most tokens of a text or pair (default: the teacher's limit)")]
    public int? MaxLength { get; set; }

    [Option("top-k", MetaValue = "N",
        HelpText = "of a teacher that answers for tokens, keep the largest logits of each (default: all)")]
    public int? TopK { get; set; }

    [Option("batch-tokens", MetaValue = "N", HelpText = "tokens the teacher runs at once, roughly (default: 4096)")]
    public int? TokensPerBatch { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }

    [Option("cache", MetaValue = "DIR", HelpText = "folder that keeps logits for the next run (default: the user's)")]
    public string? Cache { get; set; }

    [Option("json", HelpText = "print the report as one JSON object")]
    public bool Json { get; set; }

    public string DataFile => Required(Data, "--data", "give a file of labelled texts");

    /// <summary>Where to write the logits, or null.</summary>
    /// <exception cref="UsageException">It is no kind of file this can write.</exception>
    public string? OutputFile => Output is null || TeacherLogitsFile.IsKnown(Output)
        ? Output
        : throw new UsageException($"--out is '{Output}'; expected a file ending in .safetensors, .csv or .tsv.");

    /// <summary>The options as the library takes them.</summary>
    /// <exception cref="UsageException">A value is wrong, or options do not go together.</exception>
    public TeacherOptions Teacher()
    {
        if ((Model is null) == (Logits is null))
        {
            throw new UsageException(
                "give one of --model and --logits: a teacher to run, or what one gave elsewhere.");
        }

        if (Logits is not null && OfModelsOnly.FirstOrDefault(Given.Contains) is { } idle)
        {
            throw new UsageException($"{idle} is for a teacher that runs; with --logits none does. Leave it out.");
        }

        return OptionErrors.Guard(GetType(), () => new TeacherOptions
        {
            Model = Model,
            Logits = Logits,
            Cache = Cache,
            MaxLength = MaxLength,
            TopK = TopK,
            Threads = Threads,
            TokensPerBatch = TokensPerBatch ?? new TeacherOptions().TokensPerBatch,
        });
    }

    /// <summary>How the data are read, as for training.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public DataOptions LabelledData() => OptionErrors.Guard(GetType(), () => new DataOptions
    {
        Train = DataFile,
        Task = Task is { } word ? ModelTask.Named(word) : ModelTask.Default,
        TextColumn = TextColumn,
        PairColumn = PairColumn,
        LabelColumn = LabelColumn,
        LabelSeparator = LabelSeparator ?? "|",
        Table = Table,
    });

    public override HubContent ModelContent => HubContent.WeightsOrGraph;
}
