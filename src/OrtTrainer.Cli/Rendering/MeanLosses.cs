using OrtTrainer.Training.Loss;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The parts of the losses of some steps, as means of their steps.</summary>
/// <param name="Steps">How many.</param>
/// <param name="Labels">Sum of what the labels make.</param>
/// <param name="Teacher">Sum of what a teacher makes.</param>
/// <param name="Penalty">Sum of what penalties make.</param>
/// <param name="Layers">Sum of what the distance to a teacher's layers makes.</param>
internal sealed record MeanLosses(int Steps, double Labels, double Teacher, double Penalty, double Layers)
{
    /// <summary>The mean of no steps.</summary>
    public static MeanLosses None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>The parts that a loss can have: their names, and their means.</summary>
    public static IReadOnlyList<(string Name, Func<MeanLosses, double> Mean)> Parts { get; } =
    [
        ("labels", m => m.Labels / m.Steps),
        ("teacher", m => m.Teacher / m.Steps),
        ("penalty", m => m.Penalty / m.Steps),
        ("layers", m => m.Layers / m.Steps),
    ];

    /// <summary>The mean loss.</summary>
    public double Total => (Labels + Teacher + Penalty + Layers) / Steps;

    /// <summary>The mean with one more step.</summary>
    public MeanLosses With(LossParts terms) => new(
        Steps + 1, Labels + terms.Labels, Teacher + terms.Teacher, Penalty + terms.Penalty,
        Layers + terms.Intermediate);
}
