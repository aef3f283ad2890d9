using OrtTrainer.Images;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Images;

namespace OrtTrainer.Tests.Cli;

/// <summary>The configuration of a small ViT and pictures of bars that stand or lie, in a temporary folder.</summary>
internal sealed class ShapeTask : IDisposable
{
    private const int Side = 20;

    private readonly TemporaryFolder _folder = new();

    public ShapeTask()
    {
        _folder.Write("tiny/config.json", """
            {
              "architectures": ["ViTForImageClassification"], "model_type": "vit", "hidden_size": 16,
              "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32, "image_size": 16,
              "patch_size": 8, "num_channels": 3, "initializer_range": 0.2
            }
            """);
        _folder.Write("tiny/preprocessor_config.json", """
            {
              "do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.5, 0.4, 0.3],
              "image_std": [0.5, 0.25, 0.2], "image_processor_type": "ViTImageProcessor", "resample": 2,
              "rescale_factor": 0.00392156862745098, "size": {"height": 16, "width": 16}
            }
            """);
        Save("train", 12);
        Save("eval", 4);
    }

    public string Model => _folder.File("tiny");

    public string Train => _folder.File("train");

    public string Eval => _folder.File("eval");

    public string File(string name) => _folder.File(name);

    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Words that learn the shapes; the output folder is <paramref name="output"/>.</summary>
    public string[] Finetune(string output, params string[] more) =>
        Finetune("image_classification", 20, output, more);

    /// <summary>As the other, with a task and a number of epochs.</summary>
    public string[] Finetune(string task, int epochs, string output, params string[] more) =>
    [
        "finetune", "--task", task, "--model", Model, "--from-scratch", "--train", Train, "--eval", Eval,
        "--batch-size", "8", "--epochs", $"{epochs}", "--lr", "3e-3", "--threads", "1", "--out", File(output), .. more,
    ];

    /// <summary>From here on the model is a small ResNet.</summary>
    public ShapeTask OfResNet()
    {
        _folder.Write("tiny/config.json", """
            {
              "architectures": ["ResNetForImageClassification"], "model_type": "resnet", "embedding_size": 4,
              "hidden_sizes": [8, 8], "depths": [1, 1], "layer_type": "basic", "num_channels": 3,
              "initializer_range": 0.2
            }
            """);
        return this;
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A bar at some place, of some colors.</summary>
    private static PixelImage Bar(int number, bool lies) => ImageFiles.Make(Side, Side, (x, y) =>
    {
        int across = lies ? y : x;
        int start = 2 + (number * 5 % 12);
        int value = across >= start && across < start + 4 ? 250 - (number * 3) : 20 + number;
        return (value, value / 2, 255 - value);
    });

    private void Save(string part, int each)
    {
        for (int i = 0; i < each; i++)
        {
            ImageFiles.Save(Bar(i, lies: true), _folder.File($"{part}/lying/{i:00}.png"));
            ImageFiles.Save(Bar(i, lies: false), _folder.File($"{part}/standing/{i:00}.png"));
        }
    }
}
