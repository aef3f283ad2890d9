using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

/// <summary>The studies of tools/studies, whose models and data need not be there.</summary>
public sealed class ShippedStudyTests
{
    private static string[] Files => Directory.GetFiles(
        Path.Combine(SharedFiles.RepositoryRoot, "tools", "studies"), "*.json");

    [TestCaseSource(nameof(Files))]
    public void A_study_that_is_shipped_makes_a_grid_with_five_seeds(string file)
    {
        StudyPlan plan = StudyPlan.Of(StudyFileReader.Read(file), "out");

        Assert.That(plan.Cells, Is.Not.Empty);
        Assert.That(plan.Cells.Select(cell => cell.Runs.Count), Is.All.EqualTo(5));
        Assert.That(plan.Cells.Select(cell => cell.Method), Has.Some.EqualTo(plan.File.Baseline));
    }
}
