using Microsoft.Data.Sqlite;
using OrtTrainer.Studies;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Studies;

public sealed class StudyDatabaseTests
{
    private TemporaryFolder _folder = null!;
    private string _path = null!;

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        _path = _folder.File("results.sqlite");
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Runs_come_back_as_they_were_in_order()
    {
        StudyRun done = Run("a", 1) with
        {
            Status = StudyRunStatus.Done,
            Score = 0.1 + 0.2,
            Live = double.NaN,
            Averaged = 1e-300,
            Seconds = 3.5,
            TeacherSeconds = 0.25,
            Steps = 40,
            Scores = new Dictionary<string, double> { ["macro_f1"] = 1.0 / 3, ["mcc"] = double.NaN },
            Curve =
            [
                new(5, new Dictionary<string, double> { ["loss"] = 2 }, null),
                new(40, new Dictionary<string, double> { ["loss"] = 1 },
                    new Dictionary<string, double> { ["loss"] = 0.5 }),
            ],
        };
        StudyRun failed = Run("b", 2) with { Status = StudyRunStatus.Failed, Error = "the disk is full" };
        StudyRun pending = Run("c", 3);
        using (StudyDatabase database = StudyDatabase.Open(_path))
        {
            database.Put([(2, pending, ""), (0, done, "x"), (1, failed, "y")]);
        }

        using StudyDatabase again = StudyDatabase.Open(_path);
        IReadOnlyList<StudyRun> runs = again.Read();

        Assert.That(runs.Select(run => run.Folder), Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(runs[0] with { Scores = done.Scores, Curve = done.Curve }, Is.EqualTo(done));
        Assert.That(runs[0].Scores, Is.EquivalentTo(done.Scores));
        Assert.That(runs[0].Curve.Select(point => (point.Step, point.Live["loss"], point.Averaged?["loss"])),
            Is.EqualTo(new[] { (5L, 2.0, (double?)null), (40L, 1.0, 0.5) }));
        Assert.That((runs[1].Status, runs[1].Error, runs[1].Score),
            Is.EqualTo((StudyRunStatus.Failed, "the disk is full", (double?)null)));
        Assert.That(again.Stamps()["a"], Is.EqualTo((0, "x")));
    }

    [Test]
    public void A_run_put_again_replaces_its_row_with_all_that_hangs_on_it()
    {
        using StudyDatabase database = StudyDatabase.Open(_path);
        StudyRun run = Run("a", 1) with { Scores = new Dictionary<string, double> { ["accuracy"] = 0.5 } };
        database.Put([(0, run, "before")]);
        database.Put([(4, run with { Scores = new Dictionary<string, double> { ["mcc"] = 0.25 } }, "after")]);

        Assert.That(database.Read().Single().Scores, Is.EqualTo(new Dictionary<string, double> { ["mcc"] = 0.25 }));
        Assert.That(database.Stamps()["a"], Is.EqualTo((4, "after")));

        database.Remove(["a"]);
        Assert.That(database.Read(), Is.Empty);
        Assert.That(Query("SELECT count(*) FROM scores"), Is.EqualTo(new[] { "0" }));
    }

    [TestCase("this is no database, whatever its name says, and long enough to have a header of a hundred bytes .....")]
    [TestCase("SQLite format 3\0 and then rubbish")]
    public void A_file_that_is_no_database_is_replaced(string content)
    {
        File.WriteAllText(_path, content);

        using StudyDatabase database = StudyDatabase.Open(_path);
        database.Put([(0, Run("a", 1), "")]);

        Assert.That(database.Read(), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_database_of_another_version_is_replaced()
    {
        using (StudyDatabase database = StudyDatabase.Open(_path))
        {
            database.Put([(0, Run("a", 1), "")]);
        }

        Query("PRAGMA user_version = 99");
        using StudyDatabase again = StudyDatabase.Open(_path);

        Assert.That(again.Stamps(), Is.Empty);
    }

    [Test]
    public void Of_3000_runs_those_of_a_cell_a_method_or_a_task_are_found_by_an_index()
    {
        using (StudyDatabase database = StudyDatabase.Open(_path))
        {
            database.Put(Enumerable.Range(0, 3000).Select(at => (at, Run($"run {at}", at % 5) with
            {
                Method = $"method {at / 5}",
                Scores = new Dictionary<string, double> { ["accuracy"] = at },
                Curve = [new(1, new Dictionary<string, double> { ["loss"] = at }, null)],
            }, "")));
            Assert.That(database.Read().Select(run => run.Scores["accuracy"]), Is.EqualTo(Enumerable.Range(0, 3000)));
        }

        const string Cell = "model = 'm' AND initialization = 'i' AND task = 't' AND method = 'method 7'";
        string[] where = [Cell, $"{Cell} AND seed = 3", "method = 'method 7'", "task = 't'", "folder = 'run 17'"];
        foreach (string condition in where)
        {
            Assert.That(Query($"EXPLAIN QUERY PLAN SELECT * FROM runs JOIN scores ON run = id WHERE {condition}", 3),
                Is.All.StartsWith("SEARCH"), condition);
        }

        Assert.That(Query($"SELECT folder FROM runs WHERE {Cell} AND seed = 3"), Is.EqualTo(new[] { "run 38" }));
        Assert.That(Query("EXPLAIN QUERY PLAN SELECT * FROM runs ORDER BY position", 3),
            Is.EqualTo(new[] { "SCAN runs USING INDEX runs_by_position" }));
    }

    private static StudyRun Run(string folder, long seed) => new()
    {
        Model = "m",
        Initialization = "i",
        Task = "t",
        Method = "x",
        Seed = seed,
        Folder = folder,
        Metric = "accuracy",
    };

    /// <summary>A column of what SQL gives, as text.</summary>
    private List<string> Query(string sql, int column = 0)
    {
        using SqliteConnection connection = new($"Data Source={_path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader row = command.ExecuteReader();
        List<string> values = [];
        while (row.Read())
        {
            values.Add(row.GetValue(column).ToString()!);
        }

        return values;
    }
}
