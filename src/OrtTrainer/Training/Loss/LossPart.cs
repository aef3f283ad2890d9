namespace OrtTrainer.Training.Loss;

/// <summary>A part of the loss that is reported on its own; several terms may count to it.</summary>
/// <param name="Output">The graph's output that holds it, a float scalar.</param>
internal sealed record LossPart(string Output)
{
    /// <summary>What the labels make.</summary>
    public static LossPart Labels { get; } = new("label_loss");

    /// <summary>What a teacher's outputs make, those of a virtual teacher too.</summary>
    public static LossPart Teacher { get; } = new("teacher_loss");

    /// <summary>What is neither, such as a confidence penalty.</summary>
    public static LossPart Penalty { get; } = new("penalty_loss");

    /// <summary>What the distance to a teacher's layers makes.</summary>
    public static LossPart Layers { get; } = new("intermediate_loss");

    /// <summary>All, in the order in which they are added.</summary>
    public static IReadOnlyList<LossPart> All { get; } = [Labels, Teacher, Penalty, Layers];
}
