using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Export;

namespace OrtTrainer.Tests.Prediction;

/// <summary>Folders that are no classifier, and options that cannot be, are refused with what to do.</summary>
public sealed class PredictorFailureTests
{
    private TinyClassifier _tiny = null!;
    private TemporaryFolder _output = null!;

    [SetUp]
    public void Export()
    {
        _tiny = TinyClassifier.Of("bert");
        _output = new TemporaryFolder();
        ModelExporter.Export(_output.Path, _tiny.Model, TinyClassifier.Provenance);
    }

    [TearDown]
    public void CleanUp()
    {
        _tiny.Dispose();
        _output.Dispose();
    }

    [Test]
    public void A_folder_that_is_not_there_is_named()
    {
        string missing = _output.File("nothing");
        Assert.That(() => Predictor.Open(missing),
            Throws.TypeOf<RunException>().With.Message.Contains(missing));
    }

    [Test]
    public void Labels_that_do_not_fit_the_model_are_refused()
    {
        ModelConfig.Load(_output.Path).With(labels: ["a", "b"]).Save(_output.Path);
        using Predictor predictor = Predictor.Open(_output.Path);

        Assert.That(() => predictor.Predict([new("star")]),
            Throws.TypeOf<RunException>().With.Message.Contains("[1, 3]").And.Message.Contains("[1, 2]"));
    }

    [Test]
    public void Weights_without_a_head_are_refused_by_the_names_of_what_is_missing()
    {
        File.Delete(_output.File("onnx/model.onnx"));
        ModelConfig.Load(_output.Path).With(labels: ["a", "b"]).Save(_output.Path);

        Assert.That(() => Predictor.Open(_output.Path),
            Throws.TypeOf<RunException>().With.Message.Contains("classifier.weight").And.Message
                .Contains("Fine-tune"));
    }

    [Test]
    public void A_damaged_graph_is_refused_by_name()
    {
        string path = _output.File("onnx/model.onnx");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..1000]);
        File.Delete(_output.File("model.safetensors"));

        Assert.That(() => Predictor.Open(_output.Path),
            Throws.TypeOf<RuntimeFailureException>().With.Message.Contains(path));
    }

    [Test]
    public void An_unknown_problem_type_is_refused_with_those_known()
    {
        ModelConfig.Load(_output.Path).With(problemType: "ranking").Save(_output.Path);

        Assert.That(() => Predictor.Open(_output.Path),
            Throws.TypeOf<RunException>().With.Message.Contains("ranking").And.Message.Contains("regression"));
    }

    [Test]
    public void A_tokenizer_of_another_model_is_refused_where_it_gives_an_id_that_this_one_lacks()
    {
        File.AppendAllText(_output.File("vocab.txt"), "unheard\n");
        File.Delete(_output.File("tokenizer.json"));
        using Predictor predictor = Predictor.Open(_output.Path);

        Assert.That(predictor.Predict("star").Label, Is.Not.Null);
        Assert.That(() => predictor.Predict("unheard"), Throws.TypeOf<RunException>()
            .With.Message.Contains("config.json: the tokenizer gives the id").And.Message.Contains("vocab_size is"));
    }

    [TestCase("single_label_classification", null, "problem_type is 'single_label_classification'")]
    [TestCase(null, "BertForTokenClassification", "architectures is 'BertForTokenClassification'")]
    public void One_output_is_refused_where_a_softmax_is_taken(string? problem, string? architecture, string said)
    {
        ModelConfig config = ModelConfig.Load(_output.Path).With("problem_type", null);
        config.With(["toxic"], problem, architecture).Save(_output.Path);

        Assert.That(() => Predictor.Open(_output.Path), Throws.TypeOf<RunException>()
            .With.Message.Contains("config.json").And.Message.Contains(said)
            .And.Message.Contains("one label, 'toxic'").And.Message.Contains("multi_label_classification"));
    }

    [TestCase("""{"model_max_length": 1e30}""", ExpectedResult = 24)]
    [TestCase("""{"model_max_length": 7}""", ExpectedResult = 7)]
    [TestCase("""{}""", ExpectedResult = 24)]
    public int The_tokenizers_own_limit_counts_as_far_as_the_model_has_positions(string settings)
    {
        _output.Write("tokenizer_config.json", settings);
        using Predictor predictor = Predictor.Open(_output.Path);
        return predictor.MaxLength;
    }

    [Test]
    public void Malformed_tokenizer_settings_are_named()
    {
        string path = _output.Write("tokenizer_config.json", "[1]");
        Assert.That(() => Predictor.Open(_output.Path), Throws.TypeOf<RunException>().With.Message.Contains(path));
    }

    [Test]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.That(() => new PredictorOptions { Threshold = 1.5f },
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("1.5"));
        Assert.That(() => new PredictorOptions { MaxLength = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new PredictorOptions { Window = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new PredictorOptions { TokensPerBatch = -1 }, Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
