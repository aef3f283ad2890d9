using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Models;

public sealed class PretrainedModelTests
{
    private static readonly string[] Words = ["one", "two", "three"];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_checkpoint_with_its_head_is_read_as_it_is()
    {
        TinyBert.Write(_folder.Path, Words);

        using Loaded loaded = Load(3);

        Assert.That(loaded.Initialized, Is.Empty);
        loaded.AssertEqualsFile(_folder.File("model.safetensors"), name => name);
    }

    [Test]
    public void A_bare_encoder_lacks_the_prefix_and_gets_a_random_head()
    {
        TinyBert.Write(_folder.Path, Words, name: n => n.StartsWith("bert.", StringComparison.Ordinal) ? n[5..] : null);

        using Loaded loaded = Load(3);

        Assert.That(loaded.Initialized, Is.EquivalentTo(new[] { "classifier.weight", "classifier.bias" }));
        loaded.AssertEqualsFile(_folder.File("model.safetensors"), name => name[5..]);
        Assert.That(loaded.Values("classifier.weight"), Has.Some.Not.Zero);
        Assert.That(loaded.Values("classifier.bias"), Is.All.Zero);
    }

    [Test]
    public void Old_files_call_the_parameters_of_norms_gamma_and_beta()
    {
        static string Old(string name) =>
            name.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta");
        TinyBert.Write(_folder.Path, Words, name: Old);

        using Loaded loaded = Load(3);

        Assert.That(loaded.Initialized, Is.Empty);
        loaded.AssertEqualsFile(_folder.File("model.safetensors"), Old);
    }

    [Test]
    public void A_head_for_other_labels_starts_anew_and_is_reported()
    {
        TinyBert.Write(_folder.Path, Words);

        using Loaded loaded = Load(5);

        Assert.That(loaded.Initialized, Is.EquivalentTo(new[] { "classifier.weight", "classifier.bias" }));
        loaded.AssertEqualsFile(_folder.File("model.safetensors"), name => name);
    }

    [Test]
    public void Rows_of_the_last_layer_follow_the_names_of_labels()
    {
        TinyBert.Write(_folder.Path, Words);
        ModelConfig.Load(_folder.Path).With(["no", "yes", "perhaps"]).Save(_folder.Path);
        string[] outputs = ["perhaps", "other", "no", "yes"];

        using Loaded named = new(PretrainedModel.Open(_folder.Path), 4, outputs);
        using Loaded stored = Load(3);
        using Loaded random = new(PretrainedModel.Open(_folder.Path, fromScratch: true), 4);

        Assert.That(named.Initialized, Is.Empty);
        float[][] rows = [.. Rows(stored)];
        Assert.That(Rows(named), Is.EqualTo([rows[2], Rows(random).ElementAt(1), rows[0], rows[1]]));
        float[] biases = stored.Values("classifier.bias");
        Assert.That(named.Values("classifier.bias"), Is.EqualTo([biases[2], 0, biases[0], biases[1]]));

        static IEnumerable<float[]> Rows(Loaded loaded) => loaded.Values("classifier.weight").Chunk(TinyBert.Width);
    }

    [Test]
    public void Labels_that_are_all_others_start_anew_although_they_are_as_many()
    {
        TinyBert.Write(_folder.Path, Words);
        ModelConfig.Load(_folder.Path).With(["no", "yes", "perhaps"]).Save(_folder.Path);

        using Loaded loaded = new(PretrainedModel.Open(_folder.Path), 3, ["a", "b", "c"]);

        Assert.That(loaded.Initialized, Is.EquivalentTo(new[] { "classifier.weight", "classifier.bias" }));
    }

    [Test]
    public void Outputs_without_names_are_taken_by_their_numbers()
    {
        TinyBert.Write(_folder.Path, Words);

        using Loaded loaded = new(PretrainedModel.Open(_folder.Path), 3, ["a", "b", "c"]);

        Assert.That(loaded.Initialized, Is.Empty);
        loaded.AssertEqualsFile(_folder.File("model.safetensors"), name => name);
    }

    [Test]
    public void Outputs_have_names_only_where_the_checkpoint_has_the_head()
    {
        string[] names = ["no", "yes", "perhaps"];
        TinyBert.Write(_folder.Path, Words, name: n => n.StartsWith("bert.", StringComparison.Ordinal) ? n : null);
        ModelConfig.Load(_folder.Path).With(names).Save(_folder.Path);
        using (PretrainedModel bare = PretrainedModel.Open(_folder.Path))
        {
            Assert.That(bare.OutputNames(new SequenceHead(3)), Is.Null);
        }

        TinyBert.Write(_folder.Path, Words);
        using (PretrainedModel unnamed = PretrainedModel.Open(_folder.Path))
        {
            Assert.That(unnamed.OutputNames(new SequenceHead(3)), Is.Null);
            Assert.That(unnamed.HasOutputs(new SequenceHead(3)));
        }

        ModelConfig.Load(_folder.Path).With(names).Save(_folder.Path);
        using PretrainedModel whole = PretrainedModel.Open(_folder.Path);
        Assert.That(whole.OutputNames(new SequenceHead(3)), Is.EqualTo(names));
        Assert.That(whole.HasOutputs(new SequenceHead(4)), Is.False);
    }

    [Test]
    public void Layers_can_be_left_out()
    {
        TinyBert.Write(_folder.Path, Words, layers: 6);

        using Loaded loaded = Load(3, layers: [0, 2, 4]);

        Assert.That(loaded.Model.Architecture.Shape.Layers, Is.EqualTo(3));
        Assert.That(loaded.Layout.Parameters
            .Count(p => p.Name.EndsWith("query.weight", StringComparison.Ordinal)), Is.EqualTo(3));
        loaded.AssertEqualsFile(
            _folder.File("model.safetensors"),
            name => name.Replace("layer.2.", "layer.4.").Replace("layer.1.", "layer.2."));
    }

    [TestCase(6)]
    [TestCase(-1)]
    public void A_layer_that_is_not_there_is_refused(int layer)
    {
        TinyBert.Write(_folder.Path, Words, layers: 6);

        Assert.That(() => Load(3, layers: [0, layer]), Throws.TypeOf<RunException>()
            .With.Message.Contains("config.json").And.Message.Contains("0 to 5")
                .And.Message.Contains($"layer {layer}"));
    }

    [Test]
    public void From_scratch_needs_no_weights_and_starts_everything_at_random()
    {
        TinyBert.Write(_folder.Path, Words);
        File.Delete(_folder.File("model.safetensors"));

        using Loaded loaded = Load(3, fromScratch: true);

        Assert.That(loaded.Initialized, Is.EquivalentTo(loaded.Layout.Parameters.Select(p => p.Name)));
        Assert.That(loaded.Values("bert.embeddings.LayerNorm.weight"), Is.All.EqualTo(1));
    }

    [Test]
    public void Dropout_can_be_set_everywhere()
    {
        TinyBert.Write(_folder.Path, Words);

        using PretrainedModel model = PretrainedModel.Open(_folder.Path, dropout: 0.25);

        Assert.That(model.Config.GetFloat("hidden_dropout_prob"), Is.EqualTo(0.25));
        Assert.That(model.Config.GetFloat("attention_probs_dropout_prob"), Is.EqualTo(0.25));
        Assert.That(model.Config.GetFloat("classifier_dropout"), Is.EqualTo(0.25));
    }

    [TestCase("bert.encoder.layer.1.output.dense.weight")]
    [TestCase("bert.embeddings.word_embeddings.weight")]
    public void An_absent_tensor_of_the_encoder_is_named(string tensor)
    {
        TinyBert.Write(_folder.Path, Words, name: n => n == tensor ? null : n);

        Assert.That(() => Load(3), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains("model.safetensors").And.Message.Contains(tensor));
    }

    [TestCase("\"intermediate_size\": 32", "\"intermediate_size\": 48",
        "intermediate.dense.weight", "[32, 16]", "[48, 16]")]
    [TestCase("\"vocab_size\": 8", "\"vocab_size\": 9", "word_embeddings.weight", "[8, 16]", "[9, 16]")]
    public void A_tensor_of_another_shape_is_named(
        string field, string changed, string tensor, string found, string expected)
    {
        TinyBert.Write(_folder.Path, Words);
        string config = File.ReadAllText(_folder.File("config.json"));
        Assert.That(config, Does.Contain(field));
        _folder.Write("config.json", config.Replace(field, changed));

        Assert.That(() => Load(3), Throws.TypeOf<CheckpointException>().With.Message.Contains("model.safetensors")
            .And.Message.Contains(tensor).And.Message.Contains(found).And.Message.Contains(expected));
    }

    [Test]
    public void A_head_of_another_width_is_refused()
    {
        // The pooler's bias under the name of the classifier's weight: not other labels, but another model.
        TinyBert.Write(_folder.Path, Words, name: n =>
            n == "classifier.weight" ? null : n == "bert.pooler.dense.bias" ? "classifier.weight" : n);

        Assert.That(() => Load(3), Throws.TypeOf<CheckpointException>().With.Message.Contains("classifier.weight"));
    }

    [Test]
    public void An_unknown_architecture_is_refused_with_those_that_are_known()
    {
        TinyBert.Write(_folder.Path, Words);
        _folder.Write("config.json", File.ReadAllText(_folder.File("config.json")).Replace("\"bert\"", "\"gpt9\""));

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.TypeOf<RunException>()
            .With.Message.Contains("'gpt9'").And.Message.Contains("bert").And.Message.Contains("config.json"));
    }

    [Test]
    public void A_truncated_weight_file_is_refused()
    {
        TinyBert.Write(_folder.Path, Words);
        byte[] bytes = File.ReadAllBytes(_folder.File("model.safetensors"));
        _folder.Write("model.safetensors", bytes[..^50]);

        Assert.That(() => Load(3), Throws.TypeOf<CheckpointException>().With.Message.Contains("model.safetensors"));
    }

    [Test]
    public void A_missing_folder_is_named() => Assert.That(
        () => PretrainedModel.Open(_folder.File("nowhere")),
        Throws.TypeOf<RunException>().With.Message.Contains("nowhere"));

    private Loaded Load(int outputs, bool fromScratch = false, int[]? layers = null)
    {
        PretrainedModel model = PretrainedModel.Open(_folder.Path, fromScratch, layers);
        try
        {
            return new Loaded(model, outputs);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
