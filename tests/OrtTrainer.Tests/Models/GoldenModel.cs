using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.CausalLanguageModel;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.ImageClassification;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tasks.Seq2Seq;
using OrtTrainer.Tasks.TokenClassification;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models.Plain;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Models;

/// <summary>A tiny model with the reference implementation's outputs, gradients and weights after some steps.</summary>
internal sealed class GoldenModel : IDisposable
{
    private readonly SafetensorsFile _golden;
    private TemporaryFolder? _sized;

    /// <param name="folder">The golden's.</param>
    /// <param name="model">A folder with the same model in another form; null for the golden's own.</param>
    public GoldenModel(string folder, string? model = null)
    {
        Name = Path.GetFileName(folder);
        _golden = SafetensorsFile.OpenFile(Path.Combine(folder, "golden.safetensors"));
        Pretrained = PretrainedModel.Open(model ?? Sized(folder));
        Json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json"))).RootElement;
        Task = Pretrained.Architecture.Shape.Image is not null ? ImageClassificationTask.Instance
            : Name.Contains("multilabel", StringComparison.Ordinal) ? MultiLabelTask.Instance
            : Name.Contains("regression", StringComparison.Ordinal) ? RegressionTask.Instance
            : Name.Contains("masked-lm", StringComparison.Ordinal) ? MaskedLanguageModelTask.Instance
            : Name.Contains("causal-lm", StringComparison.Ordinal)
                ? CausalLanguageModelTask.Instance.For(Pretrained.Config)
            : Name.Contains("seq2seq", StringComparison.Ordinal) ? Seq2SeqTask.Instance.For(Pretrained.Config)
            : Name.Contains("question", StringComparison.Ordinal) ? QuestionAnsweringTask.Instance
            : Name.Contains("token", StringComparison.Ordinal) ? TokenClassificationTask.Instance
            : ClassificationTask.Instance;
        bool isSpan = Task == QuestionAnsweringTask.Instance;
        Logits = isSpan
            ? [.. Floats("start_logits").Zip(Floats("end_logits")).SelectMany(z => new[] { z.First, z.Second })]
            : Floats("logits");
        Outputs = isSpan ? 2 : (int)Shape("logits")[^1];
    }

    public string Name { get; }

    public PretrainedModel Pretrained { get; }

    public JsonElement Json { get; }

    /// <summary>The file with the reference values.</summary>
    public string GoldenFile => _golden.Path;

    public ModelTask Task { get; }

    public int Outputs { get; }

    public float[] Logits { get; }

    /// <summary>The logits without those of padding, as a packed batch has them.</summary>
    public float[] PackedLogits => Packed(Logits);

    /// <summary>How many of <see cref="PackedLogits"/> are the first example's.</summary>
    public int LogitsOfFirst => Outputs * (IsPerToken ? Batch(0)[0].InputIds.Length : 1);

    private bool IsCausal => Task.Name == CausalLanguageModelTask.Instance.Name;

    private bool IsSeq2Seq => Task.Name == Seq2SeqTask.Instance.Name;

    private bool IsPerToken => Task.Head(Outputs).Rows != OutputRows.PerSequence;

    /// <summary>
    /// The goldens of the repository's own and, of those outside it, the kinds that this project's models cover so far:
    /// folders named ARCHITECTURE-TASK.
    /// </summary>
    public static IEnumerable<string> Folders() =>
    [
        .. PlainGolden.All.Select(golden => golden.Folder), .. SharedFolders(),
    ];

    /// <summary>The golden of question answering from outside the repository. Its loss is over padding too, so it is
    /// not one of <see cref="Folders"/>.</summary>
    public static string SharedSpans => Path.Combine(SharedFiles.Goldens, "models", "bert-question-answering");

    /// <summary>Makes a golden of the repository's own; skips the test where one from outside it is missing.</summary>
    public static void Require(string folder)
    {
        PlainGolden.Of(folder)?.Ensure();
        if (!Directory.Exists(folder))
        {
            Assert.Ignore($"{folder} is not there; this test compares with reference material outside the repository.");
        }
    }

    /// <summary>The folders of <see cref="Folders"/> from outside the repository.</summary>
    public static IEnumerable<string> SharedFolders()
    {
        string root = Path.Combine(SharedFiles.Goldens, "models");
        string[] kinds =
        [
            "classification", "regression", "multilabel", "token-classification", "masked-lm", "causal-lm", "seq2seq",
        ];
        string[] architectures =
        [
            "albert", "bart", "bert", "deberta-v2", "distilbert", "electra", "gpt2", "llama", "modernbert", "mpnet",
            "qwen2", "roberta", "t5",
        ];
        HashSet<string> names =
        [
            .. architectures.SelectMany(a => kinds.Select(kind => $"{a}-{kind}")), "vit-classification",
            "resnet-classification-frozen-bn",
        ];
        return Directory.Exists(root)
            ? Directory.GetDirectories(root)
                .Where(d => names.Contains(Path.GetFileName(d))).Order(StringComparer.Ordinal)
            : [root];
    }

    /// <summary>Logits for batch 0 without those of padding, which mean nothing.</summary>
    public float[] Packed(float[] logits)
    {
        if (!IsPerToken)
        {
            return logits;
        }

        int[] rows = IsSeq2Seq ? Labeled(0) : IsCausal ? Answering(0) : Kept(0);
        return [.. rows.SelectMany(row => logits.AsSpan(row * Outputs, Outputs).ToArray())];
    }

    public float[] Floats(string name)
    {
        Assert.That(_golden.TryGet(name, out TensorInfo info), name);
        float[] values = new float[info.ElementCount];
        _golden.ReadFloats(name, values);
        return values;
    }

    /// <summary>What the tensor of this prefix holds of a parameter, which may share its tensor with others.</summary>
    public float[] Of(string prefix, ParameterSpec parameter)
    {
        float[] values = new float[parameter.Length];
        parameter.Storage.Read(_golden, prefix + parameter.Storage.Tensor, parameter.Shape, values);
        return values;
    }

    /// <summary>The rows of a batch without their padding.</summary>
    public TokenizedExample[] Batch(int index)
    {
        string prefix = $"batch{index}.";
        if (Pretrained.Architecture.Shape.Image is { } image)
        {
            int[] places = new int[Pretrained.Architecture.Shape.Positions];
            return [.. Floats(prefix + "pixel_values").Chunk(image.Length).Select(values =>
                new TokenizedExample(places, places) { Image = new FloatImage(image, values) })];
        }

        long[] shape = Shape(prefix + "input_ids");
        long[] ids = Integers(prefix + "input_ids");
        long[] mask = Integers(prefix + "attention_mask");
        long[] types = _golden.TryGet(prefix + "token_type_ids", out _) ? Integers(prefix + "token_type_ids")
            : new long[ids.Length];
        int width = (int)shape[1];
        return [.. Enumerable.Range(0, (int)shape[0]).Select(b =>
        {
            int[] kept = [.. Enumerable.Range(b * width, width).Where(i => mask[i] != 0)];
            TokenizedExample row = new([.. kept.Select(i => (int)ids[i])], [.. kept.Select(i => (int)types[i])]);
            int[] answering = [.. Answering(index).Where(at => at / width == b).Select(at => Array.IndexOf(kept, at))];
            return IsSeq2Seq ? row with { DecoderIds = Shifted(index, b) }
                : IsCausal ? row with { OutputTokens = answering } : row;
        })];
    }

    /// <summary>What the rows of a batch are trained towards.</summary>
    public TaskTargets Targets(int index)
    {
        string labels = $"batch{index}.labels";
        if (Task == QuestionAnsweringTask.Instance)
        {
            return new SpanTargets(
                [.. Positions(index, "start").Zip(Positions(index, "end"))],
                [.. Batch(index).Select(input => input.InputIds.Length)]);
        }

        return Task is ClassificationTask
            ? new ClassTargets([.. Integers(labels).Select(id => (int)id)], Outputs)
            : IsCausal
            ? TokenTargets.Of([.. Answering(index).GroupBy(at => at / (int)Shape(labels)[1])
                .Select(row => row.Select(at => (int)Integers(labels)[at + 1]).ToArray())], Outputs)
            : IsSeq2Seq
            ? TokenTargets.Of([.. Labeled(index).GroupBy(at => at / (int)Shape(labels)[1])
                .Select(row => row.Select(at => (int)Integers(labels)[at]).ToArray())], Outputs)
            : IsPerToken
            ? TokenTargets.Of([.. Rows(index, Integers(labels))], Outputs)
            : Task == MultiLabelTask.Instance
            ? new LabelSetTargets([.. Floats(labels).Select(value => value > 0.5f)], Outputs)
            : new NumberTargets(Floats(labels));
    }

    /// <summary>The start or end of every answer in a batch.</summary>
    public int[] Positions(int index, string which) =>
        [.. Integers($"batch{index}.{which}_positions").Select(token => (int)token)];

    /// <summary>The rows of a batch with their padding.</summary>
    public (int[] Ids, int[] Types)[] PaddedBatch(int index)
    {
        int width = (int)Shape($"batch{index}.input_ids")[1];
        int[][] ids = [.. Integers($"batch{index}.input_ids").Select(id => (int)id).Chunk(width)];
        int[][] types = [.. Integers($"batch{index}.token_type_ids").Select(type => (int)type).Chunk(width)];
        return [.. ids.Zip(types)];
    }

    /// <summary>The folder or, where the configuration does not say the size of images, a copy that does.</summary>
    private string Sized(string folder)
    {
        string config = File.ReadAllText(Path.Combine(folder, "config.json"));
        if (!_golden.TryGet("batch0.pixel_values", out TensorInfo pixels)
            || config.Contains("\"image_size\"", StringComparison.Ordinal))
        {
            return folder;
        }

        _sized = new TemporaryFolder();
        _sized.Write("config.json", "{\"image_size\": " + pixels.Shape[^1] + "," + config.TrimStart()[1..]);
        File.Copy(Path.Combine(folder, "model.safetensors"), _sized.File("model.safetensors"));
        return _sized.Path;
    }

    public void Dispose()
    {
        _sized?.Dispose();
        _golden.Dispose();
        Pretrained.Dispose();
    }

    // The values of each row's tokens, padding left out.
    private IEnumerable<int[]> Rows(int batch, long[] values)
    {
        int width = (int)Shape($"batch{batch}.attention_mask")[1];
        return Kept(batch).GroupBy(at => at / width).Select(row => row.Select(at => (int)values[at]).ToArray());
    }

    // The tokens of a batch whose next one has a label; labels of -100 are ignored.
    private int[] Answering(int batch)
    {
        if (!IsCausal)
        {
            return [];
        }

        long[] labels = Integers($"batch{batch}.labels");
        int width = (int)Shape($"batch{batch}.labels")[1];
        return [.. Kept(batch).Where(at => (at + 1) % width != 0 && labels[at + 1] >= 0)];
    }

    // The tokens of a batch that have a label; those without are the last of their rows.
    private int[] Labeled(int batch)
    {
        long[] labels = Integers($"batch{batch}.labels");
        return [.. Enumerable.Range(0, labels.Length).Where(at => labels[at] >= 0)];
    }

    // What a decoder is given of a row: its labels behind the token that the configuration begins with.
    private int[] Shifted(int batch, int row)
    {
        long[] labels = Integers($"batch{batch}.labels");
        int width = (int)Shape($"batch{batch}.labels")[1];
        int[] tokens = [.. Labeled(batch).Where(at => at / width == row).Select(at => (int)labels[at])];
        return [Pretrained.Config.GetInt("decoder_start_token_id"), .. tokens[..^1]];
    }

    // The tokens of a batch, rows after rows, that are no padding.
    private int[] Kept(int batch)
    {
        long[] mask = Integers($"batch{batch}.attention_mask");
        return [.. Enumerable.Range(0, mask.Length).Where(at => mask[at] != 0)];
    }

    private long[] Integers(string name)
    {
        Assert.That(_golden.TryGet(name, out TensorInfo info), name);
        long[] values = new long[info.ElementCount];
        _golden.ReadInt64s(name, values);
        return values;
    }

    private long[] Shape(string name)
    {
        Assert.That(_golden.TryGet(name, out TensorInfo info), name);
        return [.. info.Shape];
    }
}
