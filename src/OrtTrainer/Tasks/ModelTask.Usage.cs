using OrtTrainer.Data;

namespace OrtTrainer.Tasks;

/// <summary>What programs do with a model of the task.</summary>
public abstract partial class ModelTask
{
    /// <summary>An input where the data has none to show, as of a corpus.</summary>
    private protected const string SomeText = "The quick brown fox jumps over the lazy dog.";

    /// <summary>How a model of the task is used.</summary>
    /// <param name="example">An example of the data; null where there is none to show.</param>
    internal abstract ModelUsage Usage(Example? example);
}
