using System.Text.Json.Nodes;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.ImageClassification;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Images;

namespace OrtTrainer.Tests.Export.Edge;

/// <summary>Exported models of images in transformers.js, which decodes and normalizes by itself.</summary>
public sealed class ImagesInJavaScriptTests
{
    private const string Vit = """
        {
          "model_type": "vit", "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
          "intermediate_size": 32, "image_size": 16, "patch_size": 8, "initializer_range": 0.5
        }
        """;

    private const string ResNet = """
        {
          "model_type": "resnet", "embedding_size": 4, "hidden_sizes": [8, 16], "depths": [1, 2], "num_channels": 3,
          "layer_type": "bottleneck", "image_size": 16, "initializer_range": 0.2
        }
        """;

    private static readonly string[] Labels = ["cat", "dog", "bird"];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [TestCase(Vit, "ViTForImageClassification")]
    [TestCase(ResNet, "ResNetForImageClassification")]
    public void Images_have_the_scores_of_predict(string config, string className)
    {
        string export = Export(config);
        string[] images =
        [
            ImageFiles.Save(ImageFiles.Make(16, 16, (x, y) => (x * 15, y * 15, 200)), _folder.File("a.png")),
            ImageFiles.Save(ImageFiles.Make(16, 16, (x, y) => (y * y, 40, x * 9)), _folder.File("b.png")),
        ];

        JsonObject[] answers = EdgeClient.Run(
            "run-transformers.mjs", export, images.Select(image => new JsonObject { ["image"] = image }));

        using Predictor predictor = Predictor.Open(export);
        IReadOnlyList<TextPrediction> expected = predictor.Predict(images);
        Assert.That(expected[0].Scores, Is.Not.EqualTo(expected[1].Scores).Within(1e-2));
        for (int i = 0; i < images.Length; i++)
        {
            Assert.That((string)answers[i]["class"]!, Is.EqualTo(className));
            Assert.That(
                Labels.Select(label => (float)answers[i]["scores"]![label]!),
                Is.EqualTo(expected[i].Scores).Within(1e-4));
        }
    }

    private string Export(string config)
    {
        _folder.Write("source/config.json", config);
        using PretrainedModel random = PretrainedModel.Open(_folder.File("source"), fromScratch: true);
        ModelTask task = ImageClassificationTask.Instance.For(random.Config);
        ParameterLayout layout = PackedGraph.Evaluation(random.Architecture, task.Head(Labels.Length)).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        random.Load(layout, weights, seed: 5);
        ModelExporter.Export(_folder.File("export"), new FineTunedModel
        {
            Config = random.Config,
            Task = task,
            Labels = Labels,
            Layout = layout,
            Parameters = weights,
        }, TinyClassifier.Provenance);
        return _folder.File("export");
    }
}
