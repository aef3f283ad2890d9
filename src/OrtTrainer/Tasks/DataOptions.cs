using System.Text.Json.Serialization;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Images;
using OrtTrainer.Tasks.SentenceSimilarity;

namespace OrtTrainer.Tasks;

/// <summary>Which files and columns a run learns from and is judged on.</summary>
public sealed record DataOptions
{
    private readonly double _evalFraction = 0.1;
    private readonly string _labelSeparator = "|";

    /// <summary>
    /// The file to train on; or a pattern such as part-*.jsonl, the folder of a data set, with a split behind a colon
    /// where that is not "train", or several of these with " + " between them.
    /// </summary>
    public required string Train { get; init; }

    /// <summary>The file to evaluate on during training; null splits it off <see cref="Train"/>.</summary>
    public string? Eval { get; init; }

    /// <summary>The file to test on once, at the end; null for none.</summary>
    public string? Test { get; init; }

    /// <summary>What is learned, and what the labels are.</summary>
    public ModelTask Task { get; init; } = ModelTask.Default;

    /// <summary>The column of the text; null for the task's own, usually "text".</summary>
    public string? TextColumn { get; init; }

    /// <summary>The column of the second text, for tasks on pairs; null for the task's own, usually none.</summary>
    public string? PairColumn { get; init; }

    /// <summary>The column of the label; null for the task's own, usually "label".</summary>
    public string? LabelColumn { get; init; }

    /// <summary>
    /// The column of weights by which examples are drawn: an epoch has as many draws as examples, with replacement,
    /// each in proportion to its weight, fixed by the seed; null takes every example once.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SampleWeightColumn { get; init; }

    /// <summary>
    /// The column of what the loss of an example is multiplied with: the loss of a batch is the mean weighted by it,
    /// times the class weights where there are some; null for alike.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LossWeightColumn { get; init; }

    /// <summary>
    /// What joins several labels in one field, for multi-label tasks; a field may be a JSON array instead.
    /// </summary>
    /// <exception cref="ArgumentException">The separator is empty.</exception>
    public string LabelSeparator
    {
        get => _labelSeparator;
        init => _labelSeparator = value.Length > 0
            ? value
            : throw new ArgumentException(
                $"{nameof(LabelSeparator)} is empty; give the text between two labels, such as |.");
    }

    /// <summary>
    /// Whether every token of a word is trained towards the word's tag, for token classification; by default the first
    /// token is, and the others count for nothing. Scores and predictions go by the first token either way.
    /// </summary>
    public bool TagEveryToken { get; init; }

    /// <summary>
    /// With sentence_similarity, how the states of a text's tokens become its vector, mean or cls; null for the model's
    /// own, the mean where it has none.
    /// </summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pooling
    {
        get;
        init => field = value is null ? null : OptionWords.Of(EmbeddingOptions.PoolingOf(value));
    }

    /// <summary>
    /// With sentence_similarity, the loss: multiple_negatives, cosent or cosine; null for cosent where the data have
    /// scores, else multiple_negatives.
    /// </summary>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SimilarityLoss
    {
        get;
        init => field = value is null ? null : OptionWords.Of(EmbeddingOptions.LossOf(value));
    }

    /// <summary>Where in a row an example stands.</summary>
    internal ExampleColumns Columns => new(
        TextColumn ?? Task.DefaultColumns.Text, PairColumn ?? Task.DefaultColumns.Pair,
        LabelColumn ?? Task.DefaultColumns.Label, LabelSeparator)
    {
        TagsEveryToken = TagEveryToken,
        TakesNullTexts = TakesNullTexts,
        Group = GroupColumn,
    };

    /// <summary>Whether texts that are null are read as empty ones, as where data are looked through; else they are
    /// refused.</summary>
    internal bool TakesNullTexts { get; init; }

    /// <summary>The columns of weights; null where there are none.</summary>
    internal ExampleWeights? Weights => (SampleWeightColumn ?? LossWeightColumn) is null
        ? null
        : new(SampleWeightColumn, LossWeightColumn);

    /// <summary>These options with the task as it is for a model.</summary>
    internal DataOptions For(ModelConfig config) => this with { Task = Task.For(config, this) };

    /// <summary>How to read the files, all of them alike.</summary>
    public TableOptions Table { get; init; } = new();

    /// <summary>
    /// The labels in the order of the outputs; others are refused. Null takes those that the model has, where it knows
    /// all that are found in <see cref="Train"/>, else those found.
    /// </summary>
    public IReadOnlyList<string>? ModelLabels { get; init; }

    /// <summary>
    /// The share of <see cref="Train"/> to split off where there is no <see cref="Eval"/>; between 0 and 1, both
    /// excluded.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is not between 0 and 1.</exception>
    public double EvalFraction
    {
        get => _evalFraction;
        init => _evalFraction = value is > 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(EvalFraction), value, $"{nameof(EvalFraction)} is a share between 0 and 1, both excluded.");
    }

    /// <summary>
    /// With masked_lm, the chance of a token to be predicted, in (0, 1); null for 0.15. Of those 80 % are masked, 10 %
    /// are another token, and 10 % stay.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 1.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MaskShare
    {
        get;
        init => field = value is null ? null : OptionRange.Above(OptionRange.Below(value.Value, 0, 1), 0);
    }

    /// <summary>With masked_lm, whether all tokens of a word are predicted together.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WholeWordMasking { get; init; }

    /// <summary>With masked_lm, whether a document goes on to the next blank line; otherwise every line is
    /// one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool BlankLineDocuments { get; init; }

    /// <summary>
    /// With masked_lm, whether every document is an example of its own, cut to the greatest length; otherwise documents
    /// are laid end to end and cut into examples of that length.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SeparateDocuments { get; init; }

    /// <summary>With image_classification, whether every other image is mirrored, drawn anew for every step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RandomFlip { get; init; }

    /// <summary>
    /// With image_classification, the width in pixels of a black frame around images, 0 or more: an image of the size
    /// of the model is cut out of it, at a place that is drawn anew for every step.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 0.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int RandomCrop
    {
        get;
        init => field = (int)OptionRange.AtLeast((long)value, 0);
    }

    /// <summary>
    /// With image_classification, by how much brightness, contrast and saturation of an image change at most, from 0 to
    /// 1, drawn anew for every step: 0.4 multiplies each with 0.6 to 1.4.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double ColorJitter
    {
        get;
        init => field = OptionRange.Between(value, 0, 1);
    }

    /// <summary>
    /// With image_classification, a of the Beta(a, a) that mixup draws its shares from: every image of a step is
    /// blended with another of it, and their labels likewise. 0 blends none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 0.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Mixup
    {
        get;
        init => field = OptionRange.AtLeast(value, 0);
    }

    /// <summary>
    /// With image_classification, a of the Beta(a, a) that CutMix draws its shares from: every image of a step gets a
    /// patch of another of it, and its label the patch's share of the other's. 0 patches none; with
    /// <see cref="Mixup"/>, every step takes one of the two.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 0.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Cutmix
    {
        get;
        init => field = OptionRange.AtLeast(value, 0);
    }

    /// <summary>How images are changed and mixed.</summary>
    internal AugmentationOptions Augmentation => new()
    {
        Mirrors = RandomFlip,
        Frame = RandomCrop,
        ColorJitter = ColorJitter,
        Mixup = Mixup,
        Cutmix = Cutmix,
    };

    /// <summary>How texts are masked.</summary>
    internal MaskingOptions Masking => new()
    {
        Share = MaskShare ?? 0.15,
        WholeWords = WholeWordMasking,
        BlankLines = BlankLineDocuments,
        Separate = SeparateDocuments,
    };

    /// <summary>Parts of equal size that <see cref="Train"/> is divided into, 2 or more, to hold out
    /// <see cref="Fold"/>; null for <see cref="EvalFraction"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Folds { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 2) : null; }

    /// <summary>Which of the <see cref="Folds"/> is held out, counted from 1; null for the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Fold { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>With <see cref="Folds"/>, a column whose equal values are held out together; null for rows that have
    /// nothing in common.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GroupColumn { get; init; }

    /// <summary>The seed of the split.</summary>
    public ulong SplitSeed { get; init; } = 1;

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
