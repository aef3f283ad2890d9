using System.Globalization;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Randomness;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Runs;

/// <summary>
/// A tiny model and a data set that it learns in a second: the words of a text tell its label. Everything lies in a
/// temporary folder, runs included.
/// </summary>
internal sealed class TinyTask : IDisposable
{
    private static readonly string[] Topics = ["animal", "food", "place"];

    private static readonly string[][] TopicWords =
        [["cat", "dog", "horse", "mouse"], ["bread", "apple", "soup", "rice"], ["town", "river", "hill", "lake"]];

    private static readonly string[] Fillers = ["the", "a", "is", "my", "big", "old", "here", "so"];

    private readonly TemporaryFolder _folder = new();
    private readonly ModelTask _task;

    public TinyTask(ModelTask? task = null, int rows = 60)
    {
        _task = task ?? ModelTask.Default;
        TinyBert.Write(Model, Words);
        Train = WriteRows("train.tsv", rows, seed: 1);
        Eval = WriteRows("eval.tsv", 24, seed: 2);
        Test = WriteRows("test.tsv", 24, seed: 3);
    }

    public static IReadOnlyList<string> Words { get; } = [.. TopicWords.SelectMany(w => w), .. Fillers];

    public string Model => _folder.File("model");

    public string Train { get; }

    public string Eval { get; }

    public string Test { get; }

    /// <summary>Options of a run that learns the task in about 40 steps.</summary>
    public FineTuneOptions Options(string output) => new()
    {
        Model = Model,
        Output = Output(output),
        Data = new DataOptions { Train = Train, Eval = Eval, Test = Test, Task = _task },
        Epochs = 5,
        BatchSize = 8,
        LearningRate = 5e-3,
        MaxLength = 16,
        Threads = 1,
    };

    public string Output(string name) => _folder.File(name);

    /// <summary>The bytes of a file of a run.</summary>
    public byte[] RunFile(string output, string name) => File.ReadAllBytes(Path.Combine(Output(output), "run", name));

    /// <summary>Writes a file of labelled texts.</summary>
    public string WriteRows(string name, int rows, ulong seed)
    {
        SeededRandom random = new(seed);
        IEnumerable<string> lines = Enumerable.Range(0, rows).Select(row => Row(random, row));
        return _folder.Write(name, "text\tlabel\n" + string.Concat(lines.Select(line => line + "\n")));
    }

    public static RunSummary Run(FineTuneOptions options, IProgress<RunEvent>? events = null) =>
        FineTuner.RunAsync(options, events).GetAwaiter().GetResult();

    /// <summary>Interrupts a run after a step, and goes on with it.</summary>
    public static void RunInParts(FineTuneOptions options, long interruptedAt)
    {
        using CancellationTokenSource source = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped stepped && stepped.Report.Step == interruptedAt)
            {
                source.Cancel();
            }
        });

        Assert.That(() => FineTuner.RunAsync(options, events, source.Token).GetAwaiter().GetResult(),
            Throws.InstanceOf<OperationCanceledException>());
        FineTuner.ResumeAsync(options.Output).GetAwaiter().GetResult();
    }

    public void Dispose() => _folder.Dispose();

    private string Row(SeededRandom random, int row)
    {
        List<string> words =
            [.. Enumerable.Range(0, 2 + random.NextInt(5)).Select(_ => Fillers[random.NextInt(Fillers.Length)])];
        bool[] present = [.. Topics.Select((_, topic) => _task == ClassificationTask.Instance
            ? topic == row % Topics.Length
            : topic == row % Topics.Length || random.NextInt(3) == 0)];
        foreach (int topic in Enumerable.Range(0, Topics.Length).Where(topic => present[topic]))
        {
            words.Insert(random.NextInt(words.Count + 1), TopicWords[topic][random.NextInt(4)]);
        }

        string label = _task == RegressionTask.Instance
            ? present.Select((there, topic) => there ? topic - 0.5 : 0).Sum().ToString(CultureInfo.InvariantCulture)
            : string.Join('|', Topics.Where((_, topic) => present[topic]));
        return $"{string.Join(' ', words)}\t{label}";
    }
}
