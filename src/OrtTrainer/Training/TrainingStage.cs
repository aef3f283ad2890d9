using System.Globalization;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Training;

/// <summary>A part of a run in which the head and some layers next to it are trained.</summary>
/// <param name="FirstStep">Steps done before it, 0 or more.</param>
/// <param name="Layers">How many layers; null for the whole model, the embeddings included.</param>
internal sealed record TrainingStage(long FirstStep, int? Layers)
{
    /// <summary>
    /// Gradual unfreezing (Howard and Ruder 2018, arXiv:1801.06146, section 3.3): one layer more in every stage, from
    /// the head down, and at last the embeddings.
    /// </summary>
    /// <param name="epochs">Of a stage, above 0.</param>
    /// <param name="first">The layers of the first stage, 0 to <paramref name="layers"/>.</param>
    /// <param name="layers">The layers of the model.</param>
    /// <param name="stepsPerEpoch">Optimizer steps per epoch.</param>
    /// <param name="totalSteps">Of the run; stages behind its end are left out.</param>
    /// <returns>The stages in their order, the first from step 0.</returns>
    public static IReadOnlyList<TrainingStage> Unfreezing(
        double epochs, int first, int layers, long stepsPerEpoch, long totalSteps) =>
    [
        .. Enumerable.Range(0, layers - first + 2)
            .Select(stage => new TrainingStage(
                RunLength.StepsOf(stage * epochs, stepsPerEpoch), first + stage <= layers ? first + stage : null))
            .Where(stage => stage.FirstStep < totalSteps)
            .GroupBy(stage => stage.FirstStep, (_, stages) => stages.Last()),
    ];

    /// <summary>The stages in words, such as <c>0 from step 1, 1 from step 86, all from step 171</c>.</summary>
    public static string Describe(IEnumerable<TrainingStage> stages) => string.Join(", ", stages.Select(stage =>
        string.Create(CultureInfo.InvariantCulture, $"{stage.LayersText} from step {stage.FirstStep + 1}")));

    private string LayersText => Layers?.ToString(CultureInfo.InvariantCulture) ?? "all and embeddings";
}
