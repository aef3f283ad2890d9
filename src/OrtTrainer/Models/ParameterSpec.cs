namespace OrtTrainer.Models;

/// <summary>A trainable tensor of a model.</summary>
/// <param name="Name">Its name, as a rule that in a Hugging Face checkpoint, such as <c>classifier.weight</c>.</param>
/// <param name="Shape">Its sizes, outermost first; linear weights are [out, in].</param>
/// <param name="Initialization">How it starts without a checkpoint.</param>
/// <param name="WeightDecay">Whether weight decay applies: not to biases and norms.</param>
internal sealed record ParameterSpec(
    string Name, IReadOnlyList<long> Shape, ParameterInitialization Initialization, bool WeightDecay)
{
    /// <summary>The number of elements.</summary>
    public long Length => Shape.Aggregate(1L, (n, size) => checked(n * size));

    /// <summary>The part of the model it belongs to.</summary>
    public ParameterPlace Place { get; init; }

    /// <summary>Whether it belongs to the last layer of a head: its row i makes output i.</summary>
    public bool HasRowPerOutput { get; init; }

    /// <summary>Whether it is a statistic of activations, which belongs to the weights but has no gradient.</summary>
    public bool IsStatistic { get; init; }

    /// <summary>How weight files hold it.</summary>
    public ParameterStorage Storage { get; init; } = new(Name);
}
