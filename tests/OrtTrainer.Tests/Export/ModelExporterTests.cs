using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Export;

/// <summary>What an exported folder holds.</summary>
public sealed class ModelExporterTests
{
    [Test]
    public void The_configuration_keeps_unknown_fields_and_tells_labels_task_and_class()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert", MultiLabelTask.Instance, ["rot", "grün"]);
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);

        JsonObject config = JsonNode.Parse(File.ReadAllText(output.File("config.json")))!.AsObject();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(config["a_field_of_the_future"]!["kept"]!.GetValue<bool>(), Is.True);
            Assert.That(config["architectures"]!.ToJsonString(), Is.EqualTo("""["BertForSequenceClassification"]"""));
            Assert.That(config["problem_type"]!.GetValue<string>(), Is.EqualTo("multi_label_classification"));
            Assert.That(config["id2label"]!["1"]!.GetValue<string>(), Is.EqualTo("grün"));
            Assert.That(config["label2id"]!["grün"]!.GetValue<int>(), Is.EqualTo(1));
            Assert.That(config["torch_dtype"]!.GetValue<string>(), Is.EqualTo("float32"));
            Assert.That(config["num_hidden_layers"]!.GetValue<int>(), Is.EqualTo(2));
            Assert.That(config["transformers.js_config"]!.ToJsonString(), Is.EqualTo("""{"dtype":"fp32"}"""));
        }
    }

    [Test]
    public void The_safetensors_file_has_Hugging_Face_names_every_weight_and_the_provenance()
    {
        using TinyClassifier tiny = TinyClassifier.Of("roberta");
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);

        using SafetensorsFile file = SafetensorsFile.OpenFile(output.File("model.safetensors"));
        Assert.That(file.Names, Is.EquivalentTo(tiny.Model.Layout.Parameters.Select(p => p.Name)));
        Assert.That(file.Names, Does.Contain("roberta.encoder.layer.1.attention.self.query.weight"));
        Assert.That(file.Names, Does.Contain("classifier.out_proj.bias"));
        foreach (ParameterSpec parameter in tiny.Model.Layout.Parameters)
        {
            float[] values = new float[parameter.Length];
            file.ReadFloats(parameter.Name, values);
            Assert.That(values, Is.EqualTo(tiny.Values(parameter)), parameter.Name);
        }

        Assert.That(file.Metadata["format"], Is.EqualTo("pt"));
        Assert.That(file.Metadata["orttrainer.averaged_steps"], Is.EqualTo("257..513 every 1 (257 weights)"));
    }

    [Test]
    public void The_ONNX_model_uses_standard_operators_only_and_names_its_inputs_as_optimum_does()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);

        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(output.File("onnx/model.onnx")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.OpsetImport.Select(o => (o.Domain, o.Version)), Is.EqualTo(new[] { ("", 17L) }));
            Assert.That(model.Functions, Is.Empty);
            Assert.That(model.Graph.Node.Select(n => n.Domain), Is.All.EqualTo(""));
            Assert.That(model.Graph.Input.Select(i => i.Name),
                Is.EqualTo(new[] { "input_ids", "attention_mask", "token_type_ids" }));
            Assert.That(model.Graph.Input.SelectMany(i => i.Type.TensorType.Shape.Dim.Select(d => d.DimParam)),
                Is.EqualTo(Enumerable.Repeat(new[] { "batch_size", "sequence_length" }, 3).SelectMany(d => d)));
            Assert.That(model.Graph.Output.Select(o => o.Name), Is.EqualTo(new[] { "logits" }));
            Assert.That(model.Graph.Output[0].Type.TensorType.Shape.Dim[1].DimValue, Is.EqualTo(3));
        }
    }

    [Test]
    public void A_RoBERTa_model_takes_no_segment_ids()
    {
        using TinyClassifier tiny = TinyClassifier.Of("roberta");
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);

        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(output.File("onnx/model.onnx")));
        Assert.That(model.Graph.Input.Select(i => i.Name), Is.EqualTo(new[] { "input_ids", "attention_mask" }));
    }

    [Test]
    public void The_ONNX_metadata_say_how_the_weights_came_to_be()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);

        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(output.File("onnx/model.onnx")));
        Dictionary<string, string> metadata = model.MetadataProps.ToDictionary(p => p.Key, p => p.Value);
        Assert.That(metadata.Remove("orttrainer.version", out string? version) && Version.TryParse(version, out _));
        Assert.That(metadata, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["orttrainer.method"] = "swa",
            ["orttrainer.task"] = "single_label_classification",
            ["orttrainer.metric"] = "accuracy",
            ["orttrainer.scores"] = """{"averaged":0.9375,"live":0.875}""",
            ["orttrainer.seed"] = "7",
            ["orttrainer.base_model"] = "tiny",
            ["orttrainer.averaged_steps"] = "257..513 every 1 (257 weights)",
            ["orttrainer.formula"] = "avg += (w - avg) / (n + 1)",
        }));
    }

    [Test]
    public void The_same_model_gives_the_same_bytes()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder first = new();
        using TemporaryFolder second = new();
        IReadOnlyList<string> files = ModelExporter.Export(first.Path, tiny.Model, TinyClassifier.Provenance).Files;
        ModelExporter.Export(second.Path, tiny.Model, TinyClassifier.Provenance with
        {
            Scores = TinyClassifier.Provenance.Scores.Reverse().ToDictionary(),
        });

        string[] names = [.. files.Select(file => Path.GetRelativePath(first.Path, file).Replace('\\', '/'))];
        Assert.That(names, Is.EqualTo(new[]
        {
            "config.json", "model.safetensors", "onnx/model.onnx", "tokenizer.json", "tokenizer_config.json",
            "vocab.txt",
        }));
        foreach (string file in files)
        {
            string other = second.File(Path.GetRelativePath(first.Path, file));
            Assert.That(File.ReadAllBytes(other), Is.EqualTo(File.ReadAllBytes(file)), file);
        }
    }

    [Test]
    public void Large_weights_lie_beside_the_model_where_transformers_js_looks_and_go_when_they_are_no_longer_needed()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        using EvaluationSession session = tiny.Evaluation();
        ExportReference reference = new(tiny.Examples, session, tiny.Parameters, TinyClassifier.OneThread);

        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance, inlineLimit: 1000);
        JsonNode config = JsonNode.Parse(File.ReadAllText(output.File("config.json")))!;
        Assert.That(config["transformers.js_config"]!["use_external_data_format"]!.GetValue<bool>(), Is.True);
        Assert.That(new FileInfo(output.File("onnx/model.onnx_data")).Length, Is.GreaterThan(5000));
        string graph = OnnxModelFolder.ExportedGraph(output.Path);
        Assert.That(ExportCheck.Compare(output.Path, graph, reference).Agrees, Is.True);

        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);
        Assert.That(File.Exists(output.File("onnx/model.onnx_data")), Is.False);
        Assert.That(ExportCheck.Compare(output.Path, graph, reference).Agrees, Is.True);
    }

    [Test]
    public void An_older_export_beside_config_json_is_replaced()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        output.Write("model.onnx", "older");
        output.Write("model.onnx_data", "older");

        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);

        Assert.That(File.Exists(output.File("model.onnx")), Is.False);
        Assert.That(File.Exists(output.File("model.onnx_data")), Is.False);
        Assert.That(File.Exists(output.File("onnx/model.onnx")), Is.True);
    }

    [Test]
    public void A_cancelled_export_leaves_no_folder()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder parent = new();

        Assert.That(
            () => ModelExporter.Export(
                parent.File("out"), tiny.Model, TinyClassifier.Provenance, null, new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.Exists(parent.File("out")), Is.False);
    }

    [Test]
    public void Layers_that_were_left_out_stay_out()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder full = new();
        using TemporaryFolder shallow = new();
        ModelExporter.Export(full.Path, tiny.Model, TinyClassifier.Provenance);
        using PretrainedModel model = PretrainedModel.Open(full.Path, layers: [1]);
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, new SequenceHead(3)).Layout;
        using OrtTrainer.Runtime.WeightBuffer parameters = new(Device.Default, layout.Length);
        model.Load(layout, parameters, seed: 0);

        ModelExporter.Export(
            shallow.Path, tiny.Model with { Config = model.Config, Layout = layout, Parameters = parameters },
            TinyClassifier.Provenance);

        Assert.That(ModelConfig.Load(shallow.Path).GetInt("num_hidden_layers"), Is.EqualTo(1));
        using SafetensorsFile file = SafetensorsFile.OpenFile(shallow.File("model.safetensors"));
        Assert.That(file.Names.Any(n => n.Contains("layer.1.", StringComparison.Ordinal)), Is.False);
    }
}
