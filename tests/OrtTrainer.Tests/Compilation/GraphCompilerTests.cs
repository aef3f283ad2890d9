using OrtTrainer.Common;
using OrtTrainer.Compilation;
using OrtTrainer.Methods;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Compilation;

/// <summary>What can be compiled, and what is said of the rest.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GraphCompilerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GraphCompilerTests() => TinyBert.Write(_folder.Path, ["one", "two"]);

    private CompileOptions Bert => new() { Model = _folder.Path, Labels = 3 };

    public void Dispose() => _folder.Dispose();

    [TestCase("classification", "sequence", "rows", 1)]
    [TestCase("multi_label", "sequence", "rows", 3)]
    [TestCase("token_classification", "token", "rows", 1)]
    public void A_task_says_what_its_rows_are_and_what_its_loss_is_a_mean_of(
        string task, string rows, string over, int divisor)
    {
        (GraphManifest manifest, _) = GraphCompiler.Build(Bert with { Task = ModelTask.Named(task) });

        Assert.That((manifest.Rows, manifest.Loss), Is.EqualTo((rows, new LossMean(over, divisor))));
        Assert.That(manifest.Outputs, Is.EqualTo(3));
    }

    [TestCase("regression", 1, "rows")]
    [TestCase("question_answering", 2, "sequences")]
    [TestCase("masked_lm", 7, "rows")]
    public void Tasks_without_labels_need_no_number_of_them(string task, int outputs, string over)
    {
        CompileOptions options = Bert with { Task = ModelTask.Named(task), Labels = null };

        (GraphManifest manifest, IReadOnlyDictionary<string, byte[]> graphs) = GraphCompiler.Build(options);

        Assert.That((manifest.Outputs, manifest.Loss.Over), Is.EqualTo((outputs, over)));
        foreach (CompiledFile file in manifest.Graphs)
        {
            using GraphSession session = GraphSession.FromBytes(graphs[file.Role], CompiledModel.Stock);
            Assert.That(
                session.Inputs.Select(input => input.Name),
                Is.EquivalentTo(file.Inputs.Select(input => input.Name).Concat(file.Parameters)));
            Assert.That(
                session.Outputs.Select(output => output.Name), Is.EqualTo(file.Outputs.Select(output => output.Name)));
        }
    }

    [TestCase("focal", "focal_gamma", 2f)]
    [TestCase("poly-1", "poly_epsilon", 1f)]
    [TestCase("confidence-penalty", "penalty_weight", 0.1f)]
    public void Numbers_of_a_loss_are_inputs_with_their_values(string method, string name, float value)
    {
        (GraphManifest manifest, _) = GraphCompiler.Build(Bert with { Method = FineTuneMethod.Parse(method) });

        Assert.That(manifest.Coefficients, Does.Contain(new CompiledCoefficient(name, value)));
        Assert.That(
            manifest.Find(GraphRole.Training)!.Inputs.Select(input => input.Name),
            Is.SupersetOf(manifest.Coefficients.Select(coefficient => coefficient.Name)));
    }

    [TestCase("distillation", "learns from what a teacher says of each example")]
    [TestCase("label-smoothing", "changes the labels")]
    [TestCase("r-drop", "reads more of each example than its labels")]
    [TestCase("sam", "is a way to take steps")]
    [TestCase("swa", "averages weights")]
    public void Other_methods_are_refused(string method, string why) => Assert.That(
        () => GraphCompiler.Build(Bert with { Method = FineTuneMethod.Parse(method) }),
        Throws.InstanceOf<RunException>().With.Message.StartsWith($"The method {method} {why}"));

    [Test]
    public void A_loss_that_depends_on_the_data_is_refused() => Assert.That(
        () => GraphCompiler.Build(Bert with { Task = ModelTask.Named("sentence_similarity"), Labels = null }),
        Throws.InstanceOf<RunException>().With.Message.StartsWith(
            "The loss of sentence_similarity depends on the data"));

    [Test]
    public void More_layers_than_there_are_cannot_be_trained() => Assert.That(
        () => GraphCompiler.Build(Bert with { TrainLast = 3 }),
        Throws.InstanceOf<RunException>().With.Message.Contains("expected a number from 0 to 2"));

    [Test]
    public void Adapters_and_the_head_are_trained_and_nothing_else()
    {
        (GraphManifest manifest, _) =
            GraphCompiler.Build(Bert with { Lora = Lora.Parse("r=4,alpha=8"), TrainLast = 1 });

        CompiledAdapters adapters = manifest.Adapters!;
        Assert.That((manifest.Version, adapters.Settings, adapters.Scale), Is.EqualTo((2, "r=4,alpha=8", 2f)));
        Assert.That(
            adapters.Layers.Select(layer => layer.Weights.Single()),
            Is.EquivalentTo(new[] { "query", "value" }
                .Select(word => $"bert.encoder.layer.1.attention.self.{word}.weight")));
        Assert.That(
            manifest.Parameters.Where(parameter => parameter.Trained).Select(parameter => parameter.Name),
            Is.EquivalentTo(adapters.Layers.SelectMany(layer => new[] { layer.Down, layer.Up }).Concat(
                ["bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias"])));
        Assert.That(adapters.Config["modules_to_save"]!.ToJsonString(), Is.EqualTo("""["pooler","classifier"]"""));
        Assert.That(
            manifest.Parameters.Where(parameter => adapters.Has(parameter.Name)).Select(adapter => adapter.Gradient),
            Has.All.Not.Null);
    }

    [TestCase("r=4", 0, "none of the layers that LoRA adapts is among the last 0")]
    [TestCase("r=4,targets=c_attn", null, "no linear layer below the head is called 'c_attn'")]
    public void Adapters_that_no_layer_would_have_are_refused(
        string settings, int? last, string message) => Assert.That(
        () => GraphCompiler.Build(Bert with { Lora = Lora.Parse(settings), TrainLast = last }),
        Throws.InstanceOf<RunException>().With.Message.Contains(message));

    [Test]
    public void One_layer_that_runs_many_times_has_no_last_one()
    {
        string config = _folder.Write("albert.json", """
            {
              "model_type": "albert", "vocab_size": 9, "embedding_size": 8, "hidden_size": 16, "num_hidden_layers": 2,
              "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 24, "type_vocab_size": 2
            }
            """);

        Assert.That(
            () => GraphCompiler.Build(new CompileOptions { Model = config, Labels = 2, TrainLast = 1 }),
            Throws.InstanceOf<RunException>().With.Message.Contains("runs one layer many times"));
        Assert.That(
            GraphCompiler.Build(new CompileOptions { Model = config, Labels = 2 }).Manifest.Graphs,
            Has.Count.EqualTo(3));
    }

    [Test]
    public void Labels_that_nothing_names_must_be_counted()
    {
        Assert.That(
            () => GraphCompiler.Build(Bert with { Labels = null }),
            Throws.InstanceOf<RunException>().With.Message.Contains("the configuration names no labels"));
        Assert.That(
            () => GraphCompiler.Build(Bert with { Labels = 1 }),
            Throws.InstanceOf<RunException>().With.Message.Contains("classification needs 2 or more"));
        Assert.That(
            () => GraphCompiler.Build(Bert with { Task = ModelTask.Named("regression") }),
            Throws.InstanceOf<RunException>().With.Message.Contains("regression has 1 outputs whatever the data"));
    }

    [Test]
    public void Layers_that_are_kept_are_looked_for_under_their_old_names()
    {
        (GraphManifest manifest, _) = GraphCompiler.Build(Bert with { Layers = [1] });

        CompiledPart query = manifest.Parameters.SelectMany(parameter => parameter.Parts)
            .Single(part => part.Tensor == "bert.encoder.layer.0.attention.self.query.weight");
        Assert.That(query.Source, Is.EqualTo("bert.encoder.layer.1.attention.self.query.weight"));
    }
}
