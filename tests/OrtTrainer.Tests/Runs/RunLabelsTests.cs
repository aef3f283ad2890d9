using OrtTrainer.Checkpoints;
using OrtTrainer.Evaluation;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Studies.Comparisons;

namespace OrtTrainer.Tests.Runs;

/// <summary>Fine-tuning goes on with a model that was fine-tuned before.</summary>
public sealed class RunLabelsTests
{
    private static readonly string[] Permuted = ["place", "animal", "food"];

    private TinyTask _tiny = null!;
    private RunSummary _first = null!;

    [OneTimeSetUp]
    public void TrainAndPermute()
    {
        _tiny = new TinyTask();
        _first = TinyTask.Run(_tiny.Options("first") with { Method = FineTuneMethod.FineTune, Epochs = 30 });
        Permute(_tiny.Output("first"), _tiny.Output("permuted"));
    }

    [OneTimeTearDown]
    public void RemoveTask() => _tiny.Dispose();

    [Test]
    public void A_head_in_another_order_scores_as_before()
    {
        RunSummary again = TinyTask.Run(Standing("again", _tiny.Train, _tiny.Eval));

        Assert.That(again.EvalLive["loss"], Is.EqualTo(_first.EvalLive["loss"]).Within(1e-5));
        Assert.That(again.EvalLive["accuracy"], Is.EqualTo(_first.EvalLive["accuracy"]).And.GreaterThan(0.5));
        Assert.That(ModelConfig.Load(_tiny.Output("again")).Id2Label, Is.EqualTo(Permuted));
    }

    [Test]
    public void Ids_as_labels_go_by_the_models_names_which_stay()
    {
        EventList events = new();

        RunSummary again = TinyTask.Run(
            Standing("by-id", WithIds(_tiny.Train, "train-ids.tsv"), WithIds(_tiny.Eval, "eval-ids.tsv")), events);

        Assert.That(again.EvalLive["loss"], Is.EqualTo(_first.EvalLive["loss"]).Within(1e-5));
        Assert.That(ModelConfig.Load(_tiny.Output("by-id")).Id2Label, Is.EqualTo(Permuted));
        Assert.That(events.Of<RunEvent.Started>().Single().Notes,
            Has.One.EndsWith("the ids of the model's: 0 = place, 1 = animal, 2 = food."));
    }

    [Test]
    public void Outputs_without_names_are_taken_in_the_order_of_the_labels_and_that_is_said()
    {
        EventList events = new();

        TinyTask.Run(_tiny.Options("unnamed") with { MaxSteps = 1 }, events);

        Assert.That(events.Of<RunEvent.Started>().Single().Warnings,
            Has.One.Contains("3 outputs without names").And.Contains("animal, food, place"));
    }

    [Test]
    public void A_held_out_part_is_the_same_when_it_is_split_off_again()
    {
        FineTuneOptions options = Standing("split", _tiny.Train, null);
        RunSummary run = TinyTask.Run(options);

        using FinishedRun finished = FinishedRun.Open(_tiny.Output("split"), new());

        EvaluationScores scores = finished.Score(
            finished.EvaluationData(default), finished.Labels, finished.Task.DefaultMetric, _ => { }, default);
        Assert.That(finished.Change(scores, test: false), Is.Null);
        Assert.That(scores.Values["loss"], Is.EqualTo(run.EvalLive["loss"]).Within(1e-5));
    }

    /// <summary>A run from the permuted model that changes nothing.</summary>
    private FineTuneOptions Standing(string output, string train, string? eval) =>
        _tiny.Options(output) with
        {
            Model = _tiny.Output("permuted"),
            Data = new() { Train = train, Eval = eval },
            Method = FineTuneMethod.FineTune,
            LearningRate = 1e-12,
            Dropout = 0,
            MaxSteps = 1,
        };

    private string WithIds(string file, string name)
    {
        string text = File.ReadAllText(file);
        for (int id = 0; id < Permuted.Length; id++)
        {
            text = text.Replace($"\t{Permuted[id]}\n", $"\t{id}\n", StringComparison.Ordinal);
        }

        string path = _tiny.Output(name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes a copy of an export whose labels, with their rows of the head, stand in another order.</summary>
    private static void Permute(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string name in new[] { "vocab.txt", "tokenizer.json", "tokenizer_config.json" })
        {
            if (File.Exists(Path.Combine(source, name)))
            {
                File.Copy(Path.Combine(source, name), Path.Combine(target, name));
            }
        }

        ModelConfig config = ModelConfig.Load(source);
        List<string> labels = [.. config.Id2Label];
        int[] order = [.. Permuted.Select(label => labels.IndexOf(label))];
        config.With(Permuted).Save(target);
        using Checkpoint checkpoint = Checkpoint.Open(source);
        SafetensorsWriter.Write(
            Path.Combine(target, "model.safetensors"),
            [.. checkpoint.Names.Select(name => Tensor(checkpoint, name, order))]);
    }

    private static TensorData Tensor(Checkpoint checkpoint, string name, int[] order)
    {
        Assert.That(checkpoint.TryGet(name, out TensorInfo info));
        float[] values = new float[info.ElementCount];
        checkpoint.ReadFloats(name, values);
        if (name.StartsWith("classifier.", StringComparison.Ordinal))
        {
            float[][] rows = [.. values.Chunk(values.Length / order.Length)];
            values = [.. order.SelectMany(row => rows[row])];
        }

        return TensorData.Floats(name, [.. info.Shape], () => values);
    }
}
