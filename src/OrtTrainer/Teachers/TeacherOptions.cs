using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Hub;

namespace OrtTrainer.Teachers;

/// <summary>
/// Where the teacher's outputs come from: a model that is run once over the training data, or with every step where
/// these are masked anew, or a file of logits made elsewhere. Values are checked as they are set.
/// </summary>
public sealed record TeacherOptions
{
    /// <summary>
    /// A folder in Hugging Face layout (config.json, tokenizer, and a graph or else weights), or an ONNX file in
    /// such a folder or in a subfolder of it, or <c>hf:owner/name@revision</c>, a model on the Hugging Face hub; null
    /// where <see cref="Logits"/> is given.
    /// </summary>
    [Setting("teacher",
        "model to learn from, in Hugging Face layout or exported; its outputs are kept for the next run",
        Value = "DIR")]
    public string? Model { get; init; }

    /// <summary>
    /// A file ending in .safetensors, .csv or .tsv with logits for each row of the training file; null where
    /// <see cref="Model"/> is given.
    /// </summary>
    [Setting("teacher-logits", "file of logits instead, a row per training example", Value = "F")]
    public string? Logits { get; init; }

    /// <summary>Roughly how many tokens the teacher runs at once, padding included, 1 or more.</summary>
    public int TokensPerBatch { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 4096;

    /// <summary>
    /// The most tokens of a text or pair as the teacher sees it, 8 or more; null for the limit of its own tokenizer.
    /// </summary>
    [Setting("teacher-length", "most tokens the teacher sees", Default = "its own limit")]
    public int? MaxLength { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 8) : null; }

    /// <summary>
    /// How many logits of a distribution are kept for tasks that answer for tokens, 1 or more, the largest ones; what
    /// probability the others have is spread over them evenly. Null for all of them.
    /// </summary>
    [Setting("teacher-top-k", "of a teacher that answers for tokens, keep the largest logits of each", Default = "all")]
    public int? TopK { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>The teacher's threads, 1 or more; null for as many as the run has.</summary>
    [Setting("teacher-threads", "the teacher's threads", Default = "as --threads")]
    public int? Threads { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>The name of the device the teacher runs on, such as <c>cpu</c>; null for that of the run.</summary>
    /// <exception cref="ArgumentException">This build knows no such device.</exception>
    [Setting("teacher-device", "where the teacher runs", Value = "NAME", Default = "as --device")]
    public string? Device { get; init => field = value is null ? null : Runtime.Device.NameOf(value); }

    /// <summary>
    /// The folder that keeps what teachers gave, for the next run; null for <c>orttrainer/teacher-logits</c> in
    /// the user's cache folder.
    /// </summary>
    [Setting("teacher-cache", "folder that keeps outputs of teachers", Value = "DIR", Default = "the user's")]
    public string? Cache { get; init; }

    /// <summary>The folder or file of <see cref="Model"/>, downloaded where it is on a hub and not in the
    /// cache.</summary>
    internal string? Folder => Model is null ? null : HubModels.FolderOf(Model, HubContent.WeightsOrGraph);

    /// <summary>Whether neither a model nor a file is named yet.</summary>
    [JsonIgnore]
    public bool NamesNone => string.IsNullOrWhiteSpace(Model) && string.IsNullOrWhiteSpace(Logits);

    /// <summary>These options with full paths and every default filled in but the number of threads.</summary>
    /// <exception cref="ArgumentException">Not exactly one of <see cref="Model"/> and <see cref="Logits"/> is
    /// given.</exception>
    public TeacherOptions Resolve()
    {
        if (string.IsNullOrWhiteSpace(Model) == string.IsNullOrWhiteSpace(Logits))
        {
            throw new ArgumentException($"Of {nameof(Model)} and {nameof(Logits)}, a teacher needs exactly one; " +
                $"{(NamesNone ? "neither is" : "both are")} given.");
        }

        return this with
        {
            Model = Model is null ? null : HubModels.Pinned(Model, HubContent.WeightsOrGraph),
            Logits = Logits is null ? null : Path.GetFullPath(Logits),
            Cache = Path.GetFullPath(Cache ?? CacheFolder.OfUser),
            Device = Device ?? Runtime.Device.Default.Name,
        };
    }
}
