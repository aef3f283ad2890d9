using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Runs;
using OrtTrainer.Studies;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Studies;

/// <summary>A study of the tiny task whose runs take a fraction of a second, for tests to change and to run.</summary>
internal sealed class TinyStudy : IDisposable
{
    private readonly TinyTask _tiny = new();

    public TinyStudy() => Json = new JsonObject
    {
        ["name"] = "tiny",
        ["baseline"] = "finetune",
        ["seeds"] = new JsonArray(1, 2),
        ["models"] = new JsonObject { ["bert"] = new JsonObject { ["model"] = "model" } },
        ["tasks"] = new JsonObject
        {
            ["topics"] = new JsonObject
            {
                ["data"] = new JsonObject { ["train"] = "train.tsv", ["eval"] = "eval.tsv", ["test"] = "test.tsv" },
                ["metrics"] = new JsonArray("macro_f1", "accuracy"),
            },
        },
        ["methods"] = new JsonObject
        {
            ["finetune"] = new JsonObject(),
            ["swa"] = new JsonObject { ["method"] = "swa" },
        },
        ["defaults"] = new JsonObject
        {
            ["max_steps"] = 12,
            ["batch_size"] = 8,
            ["learning_rate"] = 5e-3,
            ["max_length"] = 16,
            ["eval_steps"] = 6,
        },
    };

    /// <summary>The study; changes to it are written by <see cref="File"/>.</summary>
    public JsonObject Json { get; }

    public string Folder => Path.GetDirectoryName(_tiny.Model)!;

    /// <summary>The study file, written as the study is now.</summary>
    public string File => Write(Json.ToJsonString());

    public TinyTask Task => _tiny;

    public string Output(string name) => _tiny.Output(name);

    /// <summary>Writes any text as the study file.</summary>
    public string Write(string text)
    {
        string file = Path.Combine(Folder, "study.json");
        System.IO.File.WriteAllText(file, text);
        return file;
    }

    public StudyPlan Plan(string output = "out") => StudyPlan.Read(File, Output(output));

    public StudyOptions Options(string output) => new() { File = File, Output = Output(output), Threads = 1 };

    public StudyResults Run(
        string output, IProgress<StudyEvent>? events = null, CancellationToken cancellation = default) =>
        Study.RunAsync(Options(output), events, cancellation).GetAwaiter().GetResult();

    public string Text(string output, string file) =>
        System.IO.File.ReadAllText(Path.Combine(Output(output), file));

    public RunSummary Summary(string output, StudyRun run) => JsonSerializer.Deserialize<RunSummary>(
        Text(output, Path.Combine(run.Folder, "run", "summary.json")), RunJson.Options)!;

    public void Dispose() => _tiny.Dispose();
}
