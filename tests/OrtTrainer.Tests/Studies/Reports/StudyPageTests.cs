using OrtTrainer.Reports.Documents;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Reports.Tables;

namespace OrtTrainer.Tests.Studies.Reports;

/// <summary>What a study's report says where a study is not the plain one.</summary>
internal sealed class StudyPageTests
{
    [Test]
    public void Failed_runs_are_listed_with_folder_and_message()
    {
        StudyRun failed = Synthetic.Scored("swa", 2, null) with
        {
            Status = StudyRunStatus.Failed, Error = "Step 7: the loss is NaN",
        };

        string page = Page(Synthetic.Results(Synthetic.Scored("finetune", 1, 0.5), failed));

        Assert.That(page, Does.Contain("## Failed runs").And.Contain("runs/trec/swa/2").And.Contain("the loss is NaN"));
        Assert.That(page, Does.Contain("1 of 2 runs are done, 1 failed, 0 are pending"));
    }

    [Test]
    public void A_study_without_failures_has_no_such_section() =>
        Assert.That(Page(Synthetic.Study()), Does.Not.Contain("Failed runs"));

    [Test]
    public void Scores_of_evaluation_data_are_said_to_be_too_good()
    {
        const string Caution = "The task has no test data";
        StudyResults results = Synthetic.Study();

        Assert.That(Page(results).Split(Caution), Has.Length.EqualTo(3), "cola in two initializations");
        Assert.That(Page(results with { Tasks = [] }), Does.Not.Contain(Caution));
    }

    [Test]
    public void Several_models_are_named_in_headings_and_one_is_not()
    {
        StudyRun[] runs = [Synthetic.Scored("finetune", 1, 0.5), Synthetic.Scored("swa", 1, 0.5)];
        StudyRun[] larger = [.. runs.Select(run => run with { Model = "teacher" })];

        Assert.That(Page(Synthetic.Results(runs)), Does.Contain("## trec, pretrained\n"));
        Assert.That(
            Page(Synthetic.Results([.. runs, .. larger])),
            Does.Contain("## trec, pretrained, student\n").And.Contain("## trec, pretrained, teacher\n"));
    }

    [Test]
    public void Chosen_settings_are_shown_with_what_was_tried()
    {
        StudyChoice choice = new(
            "student", "pretrained", "trec", "swa", "learning_rate", "0.0001",
            [new("0.0001", 0.91), new("0.0003", 0.9)]);

        string page = Page(Synthetic.Results(Synthetic.Scored("finetune", 1, 0.5)) with { Choices = [choice] });

        Assert.That(
            page,
            Does.Contain("| trec, pretrained, student, swa | learning_rate | 0.0001 | 0.0001: 0.91, 0.0003: 0.9 |"));
    }

    [Test]
    public void One_seed_is_refused_in_the_summary_too()
    {
        string page = Page(Synthetic.Results(Synthetic.Scored("finetune", 1, 0.5), Synthetic.Scored("swa", 1, 0.6)));

        Assert.That(page, Does.Contain("Nothing can be said about differences to finetune")
            .And.Contain("trec, pretrained: no comparison: one seed only: no spread to compare a difference with.")
            .And.Contain("A cell with one seed has a score and no spread"));
        Assert.That(page, Does.Contain("60.00"));
    }

    [Test]
    public void Ranks_say_how_little_two_tasks_can_show()
    {
        string page = Page(Synthetic.Study());

        Assert.That(page, Does.Contain("Friedman's test over 2 tasks gives χ² =")
            .And.Contain("with 5 degrees of freedom").And.Contain("2 tasks are few"));
    }

    [Test]
    public void No_stars_stand_for_significance() =>
        Assert.That(Page(Synthetic.Study()), Does.Not.Contain("*"));

    [Test]
    public void A_study_of_three_thousand_runs_has_a_section_for_every_group()
    {
        string[] tasks = [.. Enumerable.Range(1, 25).Select(i => $"task {i}")];
        string[] methods = ["finetune", .. Enumerable.Range(1, 11).Select(i => $"method {i}")];

        StudyResults results = Synthetic.Of(tasks, ["pretrained", "from-scratch"], methods, [1, 2, 3, 4, 5]);
        string page = Page(results);

        Assert.That(results.Runs, Has.Count.EqualTo(3000));
        Assert.That(page.Split("\n## task "), Has.Length.EqualTo(51));
        Assert.That(page, Does.Contain("Of 550 comparisons with finetune"));
    }

    private static string Page(StudyResults results) =>
        MarkdownPage.Write(StudyDocument.Of(results, StudySettings.Read(results, Path.GetTempPath())));
}
