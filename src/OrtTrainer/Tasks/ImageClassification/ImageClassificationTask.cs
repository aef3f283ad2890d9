using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Images;
using OrtTrainer.Models;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.ImageClassification;

/// <summary>
/// Exactly one label of several for an image: a file in the folder of its class, a path in a column of a table, or a
/// part of a file of CIFAR.
/// </summary>
internal sealed class ImageClassificationTask : ClassificationTask
{
    private readonly ImagePreprocessing? _preprocessing;
    private readonly int[] _places;

    private ImageClassificationTask(ImagePreprocessing? preprocessing, int places)
    {
        _preprocessing = preprocessing;
        _places = new int[places];
    }

    /// <summary>The task, for no model yet.</summary>
    public static new ImageClassificationTask Instance { get; } = new(null, 0);

    /// <inheritdoc/>
    public override string Name => "image_classification";

    /// <inheritdoc/>
    internal override bool TakesImages => true;

    /// <inheritdoc/>
    internal override string? ProblemType => null;

    /// <inheritdoc/>
    internal override ExampleColumns DefaultColumns { get; } = new(Text: "image", Label: "label");

    /// <inheritdoc/>
    internal override string? Assumption => _preprocessing?.Assumption;

    /// <inheritdoc/>
    internal override IReadOnlyList<string> FileNames => [ImagePreprocessing.FileName];

    private ImagePreprocessing Preprocessing => _preprocessing
        ?? throw new InvalidOperationException("The task is not that of a model, which says how images are read.");

    /// <inheritdoc/>
    internal override ModelHead Head(int outputs) => new ImageHead(outputs);

    /// <inheritdoc/>
    internal override ModelTask For(ModelConfig config, DataOptions? options = null)
    {
        ModelShape shape = Architecture.For(config).Shape;
        ImageShape image = shape.Image!.Value;
        ImagePreprocessing preprocessing =
            ImagePreprocessing.Load(Path.GetDirectoryName(config.Path)!, image.Height);
        return preprocessing.Shape == image
            ? new ImageClassificationTask(preprocessing, shape.Positions)
            : throw new RunException($"{config.Path}: the model takes images of {image}, but " +
                $"{ImagePreprocessing.FileName} makes {preprocessing.Shape} of them. Take the file that belongs to " +
                "the model, or correct its size.");
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string Path, JsonNode Content)> FilesOf(
        int maxLength, Func<Tokenizer?> tokenizer) =>
        [(ImagePreprocessing.FileName, Preprocessing.ToJson())];

    /// <inheritdoc/>
    internal override ITextEncoder OpenTokenizer(string folder) => NoTokenizer.Instance;

    /// <inheritdoc/>
    internal override IEnumerable<Example> ReadFile(
        string file, DataOptions options, Action<string>? note, CancellationToken cancellation)
    {
        if (Directory.Exists(file))
        {
            return CifarFiles.In(file) is { Length: > 0 } batches
                ? batches.SelectMany(CifarFiles.Read)
                : ClassFolders.Read(file);
        }

        return CifarFiles.IsOne(file)
            ? CifarFiles.Read(file)
            : base.ReadFile(file, options, note, cancellation);
    }

    /// <summary>The image of a row; its path is relative to the table's folder.</summary>
    internal override IEnumerable<Example> ReadExamples(DataRow row, ExampleColumns columns)
    {
        Example example = columns.Of(row);
        string folder = Path.GetDirectoryName(Path.GetFullPath(row.File))!;
        return [new ImageExample(Path.Combine(folder, example.Text), example.Label, row.Line)];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<TokenizedExample> Encode(
        Example example, ITextEncoder tokenizer, int? maxLength, int? stride = null)
    {
        PixelImage image = (example as ImageExample ?? new ImageExample(example.Text)).Read();
        return [new EncodedImage(example.Text, Preprocessing.Process(image), _places)];
    }

    /// <inheritdoc/>
    internal override ExampleDraw? DrawOf(DataOptions options, ITextEncoder tokenizer, int outputs, long seed)
    {
        AugmentationOptions augmentation = options.Augmentation;
        ImageAugmentation? changes =
            augmentation.ChangesImages ? new ImageAugmentation(augmentation, (ulong)seed) : null;
        return augmentation.MixesImages ? new ImageMixing(augmentation, changes, (ulong)seed) : changes;
    }

    /// <summary>Nothing: an image is not cut to a number of tokens.</summary>
    internal override IEnumerable<string> LeftOut(EncodedDataset data) => [];

    /// <inheritdoc/>
    internal override (IReadOnlyList<TokenizedExample> Examples, IReadOnlyList<Example>? Texts) ExportSample(
        EncodedDataset eval) => (eval.Inputs, null);

    /// <inheritdoc/>
    internal override IEnumerable<Example>? InputsAt(string path) =>
        Directory.Exists(path)
            ? Directory.GetFiles(path, "*", SearchOption.AllDirectories).Where(ImageDecoder.IsImage)
                .Order(StringComparer.Ordinal).Select(file => new ImageExample(file))
            : ImageDecoder.IsImage(path) ? [new ImageExample(path)] : null;

    /// <summary>None: inputs are names of files.</summary>
    internal override JsonObject? InputSchema => null;

    /// <summary>As a classifier of texts does, behind the file of the image.</summary>
    internal override void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels)
    {
        json.WriteString("image", ((ImagePrediction)prediction).File);
        base.Write(json, prediction, labels);
    }

    /// <inheritdoc/>
    internal override ModelUsage Usage(Example? example)
    {
        // Images of files without one each have no path to show.
        Example shown = new(example is { Attachment: null } ? example.Text : "image.png");
        ModelUsage usage = ModelUsage.Pipeline(
            "image-classification", "ImageClassification",
            ModelUsage.Predicted(shown, "{prediction.Label} {prediction.Scores.Max():0.000}"), [shown.Text]);
        return usage with
        {
            Python = usage.Python.Replace("AutoTokenizer", "AutoImageProcessor", StringComparison.Ordinal)
                .Replace("tokenizer=", "image_processor=", StringComparison.Ordinal),
        };
    }

    /// <inheritdoc/>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options)
    {
        TextPrediction read = base.Read(input, outputs, labels, options);
        return new ImagePrediction(((EncodedImage)input).File, read.Labels, read.Scores);
    }

    /// <inheritdoc/>
    private protected override bool IsNamedBy(ModelConfig config) => true;
}
