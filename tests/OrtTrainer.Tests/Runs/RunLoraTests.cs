using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Runs;

/// <summary>Whole runs that train adapters: what they change, write, average and resume.</summary>
public sealed class RunLoraTests
{
    private const string Settings = "r=4,alpha=8,dropout=0.1";

    private const string Gpt2 = """
        "model_type": "gpt2", "n_embd": 16, "n_layer": 2, "n_head": 4, "n_positions": 32, "n_inner": 32,
        "pad_token_id": 0
        """;

    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [Test]
    public void The_model_learns_by_adapters_and_a_head_alone()
    {
        EventList events = new();

        RunSummary summary = TinyTask.Run(Options("out"), events);

        double[] losses = [.. events.Of<RunEvent.Stepped>().Select(step => (double)step.Report.Loss)];
        Assert.That(losses[^8..].Average(), Is.LessThan(0.9 * losses[..8].Average()));
        Assert.That(summary.ExportDifference, Is.LessThan(1e-4));

        // Two layers of two targets, A [4, 16] and B [16, 4], and 16 weights and a bias per class.
        RunEvent.Started facts = events.Of<RunEvent.Started>().Single();
        Assert.That(facts.TrainedParameters, Is.EqualTo((2 * 2 * 2 * 4 * 16) + (3 * 17)));
        Assert.That(facts.Parameters, Is.GreaterThan(3000));

        Dictionary<string, float[]> before = Read(_tiny.Model, "model.safetensors");
        Dictionary<string, float[]> merged = Read(_tiny.Output("out"), "model.safetensors");
        Dictionary<string, float[]> adapter = Read(_tiny.Output("out"), "adapter", "adapter_model.safetensors");
        foreach ((string name, float[] values) in merged.Where(tensor => !tensor.Key.StartsWith("classifier")))
        {
            string module = "base_model.model." + name[..^".weight".Length];
            if (!name.EndsWith("query.weight") && !name.EndsWith("value.weight"))
            {
                Assert.That(values, Is.EqualTo(before[name]), name);
                continue;
            }

            (float[] a, float[] b) = (adapter[module + ".lora_A.weight"], adapter[module + ".lora_B.weight"]);
            double[] expected = [.. before[name].Select((value, place) => value + (2.0 * Enumerable.Range(0, 4)
                .Sum(k => (double)b[(place / 16 * 4) + k] * a[(k * 16) + (place % 16)])))];
            Assert.That(values, Is.EqualTo(expected).Within(1e-6), name);
            Assert.That(values, Is.Not.EqualTo(before[name]), name);
        }

        Assert.That(adapter["base_model.model.classifier.weight"], Is.EqualTo(merged["classifier.weight"]));
    }

    [Test]
    public void Adapters_are_kept_as_PEFT_keeps_them()
    {
        TinyTask.Run(Options("out") with { MaxSteps = 2 });

        string folder = Path.Combine(_tiny.Output("out"), "adapter");
        using SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(folder, "adapter_model.safetensors"));
        IEnumerable<string> names =
            from layer in new[] { 0, 1 }
            from target in new[] { "query", "value" }
            from part in new[] { "lora_A", "lora_B" }
            select $"bert.encoder.layer.{layer}.attention.self.{target}.{part}.weight";
        Assert.That(file.Names, Is.EquivalentTo(
            names.Append("classifier.weight").Append("classifier.bias").Select(name => "base_model.model." + name)));
        file.Require("base_model.model.bert.encoder.layer.1.attention.self.query.lora_A.weight", 4, 16);
        file.Require("base_model.model.bert.encoder.layer.1.attention.self.value.lora_B.weight", 16, 4);
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")))!;
        JsonNode expected = JsonNode.Parse($$"""
            {
              "peft_type": "LORA", "task_type": "SEQ_CLS", "base_model_name_or_path": "{{_tiny.Model}}", "r": 4,
              "lora_alpha": 8, "lora_dropout": 0.1, "target_modules": ["query", "value"],
              "modules_to_save": ["classifier"], "fan_in_fan_out": false, "use_rslora": false, "bias": "none",
              "init_lora_weights": true, "inference_mode": true
            }
            """)!;
        Assert.That(JsonNode.DeepEquals(config, expected), Is.True, config.ToJsonString());
    }

    [TestCase("bert")]
    [TestCase("gpt2")]
    [TestCase("t5")]
    public void The_adapter_beside_its_base_has_the_bits_of_the_merged_model(string family)
    {
        FineTuneOptions options = Options("out") with { MaxSteps = 3 };
        if (family == "gpt2")
        {
            options = options with { Model = _tiny.Output(family) };
            TinyLlama.Write(options.Model, fields: Gpt2);
        }
        else if (family == "t5")
        {
            options = options with { Model = _tiny.Output(family) };
            TinyEncoderDecoder.Write(options.Model, family);
            string rows = Path.Combine(options.Model, "rows.tsv");
            File.WriteAllText(rows, "source\ttarget\n" + string.Concat(
                Enumerable.Range(0, 12).Select(i => $"the cat is old\tone {(i % 2 == 0 ? "red" : "old")} dog\n")));
            options = options with
            {
                Data = new() { Train = rows, Eval = rows, Task = ModelTask.Named("seq2seq") },
            };
        }

        TinyTask.Run(options);

        string output = _tiny.Output("out");
        ModelConfig config = ModelConfig.Load(output);
        ModelTask task = ModelTask.Of(config);
        ModelHead head = task.Head(task.OutputNames(config).Count);
        using FolderWeights merged = FolderWeights.Read(output, head);
        using FolderWeights beside = FolderWeights.Read(options.Model, head, Path.Combine(output, "adapter"));
        foreach (ParameterSpec parameter in merged.Layout.Parameters)
        {
            Assert.That(beside.Layout.Read(beside.Buffer, parameter),
                Is.EqualTo(merged.Layout.Read(merged.Buffer, parameter)), parameter.Name);
        }
    }

    [Test]
    public void A_layer_that_is_stored_by_inputs_has_one_adapter_for_queries_keys_and_values()
    {
        string model = _tiny.Output("gpt2");
        TinyLlama.Write(model, fields: Gpt2);

        TinyTask.Run(Options("out") with { Model = model, MaxSteps = 3 });

        Dictionary<string, float[]> before = Read(model, "model.safetensors");
        Dictionary<string, float[]> merged = Read(_tiny.Output("out"), "model.safetensors");
        string folder = Path.Combine(_tiny.Output("out"), "adapter");
        Dictionary<string, float[]> adapter = Read(folder, "adapter_model.safetensors");
        const string Layer = "transformer.h.1.attn.c_attn";
        float[] a = adapter[$"base_model.model.{Layer}.lora_A.weight"];
        float[] b = adapter[$"base_model.model.{Layer}.lora_B.weight"];
        Assert.That((a.Length, b.Length), Is.EqualTo((4 * 16, 48 * 4)));
        Assert.That(adapter, Contains.Key("base_model.model.score.weight"));

        // Stored as [in, out].
        double[] expected = [.. before[Layer + ".weight"].Select((value, place) => value + (2.0 * Enumerable
            .Range(0, 4).Sum(k => (double)b[(place % 48 * 4) + k] * a[(k * 16) + (place / 48)])))];
        Assert.That(merged[Layer + ".weight"], Is.EqualTo(expected).Within(1e-6));
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")))!;
        Assert.That(config["fan_in_fan_out"]!.GetValue<bool>(), Is.True);
        Assert.That(config["target_modules"]!.ToJsonString(), Is.EqualTo("""["c_attn"]"""));
    }

    [Test]
    public void Adapters_beside_an_encoder_and_its_decoder_are_merged_too([Values("t5", "bart")] string kind)
    {
        string model = _tiny.Output(kind);
        TinyEncoderDecoder.Write(model, kind);
        string rows = Path.Combine(model, "rows.tsv");
        File.WriteAllText(rows, "source\ttarget\n" + string.Concat(
            Enumerable.Range(0, 12).Select(i => $"the cat is old\tone {(i % 2 == 0 ? "red" : "old")} dog\n")));
        FineTuneOptions options = Options("out");

        RunSummary summary = TinyTask.Run(options with
        {
            Model = model, MaxSteps = 3,
            Data = new() { Train = rows, Eval = rows, Task = ModelTask.Named("seq2seq") },
        });

        Dictionary<string, float[]> adapter =
            Read(_tiny.Output("out"), "adapter", "adapter_model.safetensors");
        Assert.That(summary.ExportDifference, Is.LessThan(1e-4));

        // Queries and values of two layers of the encoder, and twice in the decoder's one: of itself and across.
        Assert.That(adapter, Has.Count.EqualTo(2 * (4 + 4)));
    }

    [TestCase("ema", 3)]
    [TestCase("swa", 30)]
    public void An_interrupted_run_goes_on_to_the_same_bits(string method, int step)
    {
        FineTuneOptions options = Options("whole") with
        {
            Method = FineTuneMethod.Parse(method), Accumulation = 2, Epochs = 10, KeepBest = true,
        };
        TinyTask.Run(options);

        TinyTask.RunInParts(options with { Output = _tiny.Output("parts") }, step);

        foreach (string file in new[]
        {
            "model.safetensors", "adapter/adapter_model.safetensors", "run/last.safetensors", "run/best.safetensors",
            "run/averaged.safetensors",
        })
        {
            Assert.That(File.ReadAllBytes(Path.Combine(_tiny.Output("parts"), file)),
                Is.EqualTo(File.ReadAllBytes(Path.Combine(_tiny.Output("whole"), file))), file);
        }
    }

    [Test]
    public void Threads_change_no_bit()
    {
        TinyTask.Run(Options("one") with { MaxSteps = 6 });
        TinyTask.Run(Options("two") with { MaxSteps = 6, Threads = 2 });

        Assert.That(Read(_tiny.Output("two"), "model.safetensors"),
            Is.EqualTo(Read(_tiny.Output("one"), "model.safetensors")));
    }

    [Test]
    public void Memory_is_of_one_model_and_of_the_adapters()
    {
        (EventList adapters, EventList whole) = (new(), new());
        TinyTask.Run(Options("adapters") with { MaxSteps = 1 }, adapters);
        TinyTask.Run(Options("whole") with { MaxSteps = 1, Lora = null }, whole);

        // Gradients, two moments and the average of the model are not there; its adapted layers are, a second time.
        RunEvent.Started facts = whole.Of<RunEvent.Started>().Single();
        long saved = facts.MemoryEstimate - adapters.Of<RunEvent.Started>().Single().MemoryEstimate;
        Assert.That(saved, Is.InRange(3 * sizeof(float) * facts.Parameters, 4.5 * sizeof(float) * facts.Parameters));
    }

    [Test]
    public void SWA_averages_A_and_B_apart()
    {
        Dictionary<long, float[]> steps = [];
        EventList events = new(e =>
        {
            if (e is RunEvent.Saved saved)
            {
                steps[saved.Step] = Checkpointed("parameters");
            }
        });

        TinyTask.Run(
            Options("out") with { Method = FineTuneMethod.Of(new Swa { Start = 0.5 }), CheckpointSeconds = 0 }, events);

        float[][] due = [.. steps.Where(step => step.Key > 20).Select(step => step.Value)];
        double[] mean = [.. Enumerable.Range(0, due[0].Length).Select(i => due.Average(w => (double)w[i]))];
        Assert.That(due, Has.Length.EqualTo(20));
        Assert.That(Checkpointed("average"), Is.EqualTo(mean).Within(1e-6));
    }

    [Test]
    public void A_checkpoint_holds_what_is_trained_and_goes_with_its_model_alone()
    {
        FineTuneOptions options = Options("out") with { MaxSteps = 4 };
        TinyTask.Run(options);
        Assert.That(Checkpointed("parameters"), Has.Length.LessThan(2000));

        TinyBert.Write(_tiny.Model, TinyTask.Words, seed: 21);

        Assert.That(() => FineTuner.Resume(_tiny.Output("out")),
            Throws.InstanceOf<RunException>().With.Message.Contains("another model"));
    }

    private FineTuneOptions Options(string output) =>
        _tiny.Options(output) with { Lora = Settings, LearningRate = 2e-2 };

    private float[] Checkpointed(string name)
    {
        using RunCheckpointFile file =
            RunCheckpointFile.Read(Path.Combine(_tiny.Output("out"), "run", "checkpoint.safetensors"));
        return ValuesOf(file.Tensors, name);
    }

    private static Dictionary<string, float[]> Read(params string[] path)
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(path));
        return file.Names.ToDictionary(name => name, name => ValuesOf(file, name));
    }

    private static float[] ValuesOf(Checkpoint file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info), name);
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }
}
