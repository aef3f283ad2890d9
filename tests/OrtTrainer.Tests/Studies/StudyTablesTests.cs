using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

public sealed class StudyTablesTests
{
    private static readonly StudyRun Done = new()
    {
        Model = "mini, six",
        Initialization = "pretrained",
        Task = "trec",
        Method = "the \"best\"",
        Seed = -3,
        Folder = "runs/a/seed--3",
        Status = StudyRunStatus.Done,
        Metric = "accuracy",
        Score = 0.1 + 0.2,
        Live = double.NaN,
        Steps = 1200,
        Seconds = 2.5,
        TeacherSeconds = 0.5,
        Scores = new Dictionary<string, double> { ["accuracy"] = 0.1 + 0.2, ["mcc"] = double.NaN },
    };

    private static readonly StudyResults Results = new()
    {
        Name = "study",
        Baseline = "the \"best\"",
        Tasks = [new("trec", ["accuracy", "mcc"], true), new("cola", ["mcc", "f1"], true)],
        Runs =
        [
            Done,
            Done with { Seed = 4, Status = StudyRunStatus.Failed, Score = null, Live = null, Error = "/s/runs/a: full",
                Scores = new Dictionary<string, double>() },
            Done with { Seed = 5, Status = StudyRunStatus.Pending, Score = null, Live = null,
                Scores = new Dictionary<string, double>() },
        ],
    };

    [Test]
    public void Results_have_all_their_digits_and_no_time()
    {
        const string Sum = "0.30000000000000004";
        Assert.That(StudyTables.ResultsTable(Results, "/s"), Is.EqualTo($""""
            model,initialization,task,method,seed,status,metric,score,live,averaged,steps,accuracy,mcc,f1,error
            "mini, six",pretrained,trec,"the ""best""",-3,done,accuracy,{Sum},nan,,1200,{Sum},nan,,
            "mini, six",pretrained,trec,"the ""best""",4,failed,accuracy,,,,,,,,./runs/a: full
            "mini, six",pretrained,trec,"the ""best""",5,pending,accuracy,,,,,,,,

            """"));
    }

    [Test]
    public void Costs_are_those_of_runs_that_are_done() =>
        Assert.That(StudyTables.CostsTable(Results), Is.EqualTo(""""
            model,initialization,task,method,seed,steps,seconds,teacher_seconds,folder
            "mini, six",pretrained,trec,"the ""best""",-3,1200,2.5,0.5,runs/a/seed--3

            """"));
}
