using OrtTrainer.Training;

namespace OrtTrainer.Tests.Training;

/// <summary>Which layers are trained from which step on.</summary>
public sealed class TrainingStageTests
{
    [TestCase(1, 0, 2, 86, 1000, "0 from step 1, 1 from step 87, 2 from step 173, all and embeddings from step 259")]
    [TestCase(0.1, 0, 2, 86, 1000, "0 from step 1, 1 from step 10, 2 from step 19, all and embeddings from step 27",
        Description = "8.6, 17.2 and 25.8 steps, up to whole ones")]
    [TestCase(1, 1, 2, 10, 15, "1 from step 1, 2 from step 11", Description = "no steps are left for the last")]
    [TestCase(1, 2, 2, 10, 10, "2 from step 1")]
    [TestCase(0.25, 0, 2, 2, 10, "0 from step 1, 2 from step 2, all and embeddings from step 3",
        Description = "two stages in one step are one")]
    public void Stages_follow_from_epochs(
        double epochs, int first, int layers, long stepsPerEpoch, long totalSteps, string expected) =>
        Assert.That(
            TrainingStage.Describe(TrainingStage.Unfreezing(epochs, first, layers, stepsPerEpoch, totalSteps)),
            Is.EqualTo(expected));
}
