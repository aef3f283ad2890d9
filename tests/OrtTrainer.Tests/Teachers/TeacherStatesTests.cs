using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Export;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Teachers;

/// <summary>The layers of a teacher, averaged over the tokens of each text.</summary>
public sealed class TeacherStatesTests
{
    private TeacherTask _task = null!;

    [SetUp]
    public void Make() => _task = new TeacherTask();

    [TearDown]
    public void Remove() => _task.Dispose();

    [TestCase(0)]
    [TestCase(1)]
    public void A_layer_gives_what_the_model_cut_off_after_it_gives(int layer)
    {
        TeacherStates states = Obtain();

        Assert.That((states.Rows, states.Layers, states.Width), Is.EqualTo((60, 2, 16)));
        float[][] expected = LastLayer([.. _task.Data.Examples.Select(example => example.Text)], layers: layer + 1);
        for (int row = 0; row < 60; row++)
        {
            Assert.That(states[row, layer].ToArray(), Is.EqualTo(expected[row]).Within(1e-5), $"row {row}");
        }
    }

    [Test]
    public void Batches_of_any_size_give_the_same()
    {
        float[] expected = Obtain().Values;

        Assert.That(Obtain(_task.Options with { TokensPerBatch = 1 }).Values, Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void A_second_call_runs_nothing_and_logits_have_entries_of_their_own()
    {
        _task.Obtain();
        TeacherStates first = Obtain();
        EventLog events = new();

        TeacherStates second = Obtain(events: events);

        Assert.That((first.IsCached, second.IsCached), Is.EqualTo((false, true)));
        Assert.That(events.Batches, Is.Zero);
        Assert.That(second.Values, Is.EqualTo(first.Values));
        Assert.That(second.Cost, Is.EqualTo(first.Cost));
        Assert.That(_task.Obtain().Report.IsCached);
        Assert.That(Directory.GetFiles(_task.Cache, "*.safetensors"), Has.Length.EqualTo(2));
    }

    [Test]
    public void Changed_weights_run_again()
    {
        float[] before = Obtain().Values;
        string path = Path.Combine(_task.Model, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length / 2 / 4 * 4), 0.25f);
        File.WriteAllBytes(path, bytes);

        TeacherStates after = Obtain();

        Assert.That(after.IsCached, Is.False);
        Assert.That(after.Values, Is.Not.EqualTo(before));
    }

    [Test]
    public void A_teacher_without_weights_is_refused()
    {
        string graph = Path.Combine(_task.Model, "model.onnx");
        File.WriteAllText(graph, "");

        Assert.That(() => Obtain(_task.Options with { Model = graph }), Throws.TypeOf<RunException>()
            .With.Message.StartsWith($"{graph}: is no folder").And.Message.Contains("weights"));
        Assert.That(() => Obtain(new TeacherOptions { Logits = graph, Cache = _task.Cache }),
            Throws.TypeOf<RunException>().With.Message.StartsWith($"{graph}: is no folder"));
    }

    [Test]
    public void An_architecture_unknown_here_is_refused()
    {
        ModelConfig.Load(_task.Model).With("model_type", "a_model_of_next_year").Save(_task.Model);

        Assert.That(() => Obtain(), Throws.TypeOf<RunException>().With.Message.Contains("a_model_of_next_year"));
    }

    [Test]
    public void The_last_layer_of_a_real_model_has_the_direction_of_its_reference_embedding()
    {
        string name = "all-MiniLM-L6-v2";
        string model = SharedFiles.SharedPath("models", name);
        using SafetensorsFile golden = SafetensorsFile.OpenFile(SharedFiles.Golden(name + ".safetensors"));
        var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden(name + ".json")));
        string[] texts = [.. json.RootElement.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];
        Dataset data = RegressionTask.Instance.Label(
            "golden", [.. texts.Select((text, i) => new Example(text, null, "0", i + 1))], null);
        float[] expected = new float[texts.Length * 384];
        golden.ReadFloats("sentence_embedding", expected);

        TeacherStates states = Obtain(
            _task.Options with
            {
                Model = model, MaxLength = json.RootElement.GetProperty("max_length").GetInt32(), Threads = 2,
            },
            data);

        Assert.That((states.Layers, states.Width), Is.EqualTo((6, 384)));
        for (int row = 0; row < texts.Length; row++)
        {
            float[] last = states[row, 5].ToArray();
            double length = Math.Sqrt(last.Sum(v => (double)v * v));
            Assert.That(last.Select(v => v / length),
                Is.EqualTo(expected[(384 * row)..(384 * (row + 1))].Select(v => (double)v)).Within(1e-5), texts[row]);
        }
    }

    private TeacherStates Obtain(TeacherOptions? options = null, Dataset? data = null, EventLog? events = null) =>
        TeacherStates.Obtain(options ?? _task.Options, ModelTask.Default, data ?? _task.Data, threads: 1, events);

    /// <summary>Texts, one at a time, through the graph whose last hidden state is held to references
    /// elsewhere.</summary>
    private float[][] LastLayer(string[] texts, int layers)
    {
        using PretrainedModel model = PretrainedModel.Open(_task.Model, layers: [.. Enumerable.Range(0, layers)]);
        PackedGraph graph = PackedGraph.Encoder(model.Architecture);
        using WeightBuffer parameters = new(Device.Default, graph.Layout.Length);
        model.Load(graph.Layout, parameters, seed: 0);
        using GraphSession session = GraphSession.FromBytes(graph.Model, TinyClassifier.OneThread, "encoder");
        using Binding binding = session.CreateBinding();
        foreach (ParameterView view in graph.Layout.Views)
        {
            binding.BindInput(view.Name, parameters, graph.Layout.OffsetOf(view), [.. view.Shape]);
        }

        binding.BindOutput(PackedInputs.LastHiddenState);
        Tokenizer tokenizer = Tokenizer.Load(_task.Model);
        PackedBatch batch = new();
        return [.. texts.Select(text =>
        {
            TokenIds ids = tokenizer.EncodeIds(text, null);
            batch.Fill([new TokenizedExample(ids.Ids, ids.TypeIds)], [0]);
            batch.Bind(binding, graph.Inputs);
            binding.Run();
            float[][] tokens = [.. binding.Output(PackedInputs.LastHiddenState).ToArray().Chunk(16)];
            return Enumerable.Range(0, 16).Select(i => (float)tokens.Average(token => (double)token[i])).ToArray();
        })];
    }
}
