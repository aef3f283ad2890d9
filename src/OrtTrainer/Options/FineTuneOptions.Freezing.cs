using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Options;

/// <content>What of a model stays as it is, and until when.</content>
public sealed partial record FineTuneOptions
{
    /// <summary>
    /// Names of parameters that stay as they are, between commas, as weight files have them; <c>*</c> stands for any
    /// letters, and the encoder's prefix, such as <c>bert.</c>, may be left out. Null for none.
    /// </summary>
    [Setting("freeze", "parameters that stay as they are, by their names; * stands for any letters",
        Value = "A,B", Default = "none")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Freeze
    {
        get;
        init => field = value is null || NamedParameters.Parse(value).Count > 0 ? value : throw new ArgumentException(
            $"{nameof(Freeze)} is '{value}'; expected names of parameters between commas.", nameof(Freeze));
    }

    /// <summary>
    /// How many layers next to the head are trained beside it, 0 or more; null for the whole model. What is below, the
    /// embeddings included, stays as it is and runs without dropout and without gradients. With <see cref="Lora"/>, how
    /// many have adapters.
    /// </summary>
    [Setting("layers-trainable", "train the head and the N layers next to it alone; what is below is frozen",
        Default = "all")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? LayersTrainable
    {
        get;
        init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 0) : null;
    }

    /// <summary>
    /// Gradual unfreezing (Howard and Ruder 2018, arXiv:1801.06146, section 3.3): after how many epochs, above 0, one
    /// more layer is trained, from the head and <see cref="LayersTrainable"/> down to the embeddings. The optimizer
    /// begins anew each time. Null to train the same from first to last.
    /// </summary>
    [Setting("unfreeze-every", "train one more layer every so many epochs, from the head down to the embeddings",
        Value = "EPOCHS", Default = "never")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? UnfreezeEvery
    {
        get;
        init => field = value is { } epochs ? OptionRange.Above(epochs, 0) : null;
    }

    /// <exception cref="ArgumentException">Gradual unfreezing does not go with another option.</exception>
    private void RequireUnfreezing()
    {
        (string? option, string why) = UnfreezeEvery is null ? (null, "")
            : Lora is not null ? (nameof(Lora), "adapters are trained beside layers that all stay as they are")
            : Freeze is not null ? (nameof(Freeze), "in the end all of the model is trained")
            : Mixout is not null ? (nameof(Mixout), "it mixes all weights from the first step on")
            : CudaGraphs != RecordingMode.Off ? (nameof(CudaGraphs), "what is recorded is of one graph, and every "
                + "stage has its own")
            : ((string?)null, "");
        if (option is not null)
        {
            throw new ArgumentException(
                $"{nameof(UnfreezeEvery)} and {option} are both given: {why}. Leave one of the two out.");
        }
    }
}
