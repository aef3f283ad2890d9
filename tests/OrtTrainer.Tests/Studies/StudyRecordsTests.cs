using Microsoft.Data.Sqlite;
using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

/// <summary>A study whose database another program, such as a viewer or a backup, holds locked.</summary>
public sealed class StudyRecordsTests
{
    private TinyStudy _study = null!;
    private string _database = null!;

    [SetUp]
    public void Make()
    {
        _study = new TinyStudy();
        _database = Path.Combine(_study.Output("out"), "results.sqlite");
    }

    [TearDown]
    public void Remove() => _study.Dispose();

    [Test]
    public void A_study_goes_on_while_the_database_is_locked_and_writes_it_later()
    {
        StudyResults before = _study.Run("out");
        Directory.Delete(Path.Combine(_study.Output("out"), before.Runs[1].Folder), recursive: true);
        using SqliteConnection viewer = Locked();
        StudyEvents events = new(value =>
        {
            if (value is StudyEvent.RunDone)
            {
                Execute(viewer, "ROLLBACK");
            }
        });

        StudyResults after = _study.Run("out", events);

        Assert.That(events.Of<StudyEvent.Noted>().Select(note => note.Message), Is.EqualTo(new[]
        {
            $"{_database} is locked by another program; the study goes on and writes it later.",
            $"{_database} can be written again and is complete.",
        }));
        Assert.That(after.Runs.Select(run => run.Score), Is.EqualTo(before.Runs.Select(run => run.Score)));
        using StudyDatabase written = StudyDatabase.Open(_database);
        Assert.That(written.Read().Select(run => run.Status), Is.All.EqualTo(StudyRunStatus.Done));
    }

    [Test]
    public void Results_are_read_from_the_folders_where_the_database_stays_locked()
    {
        StudyResults before = _study.Run("out");
        using SqliteConnection viewer = Locked();
        using StudyFolder folder = StudyFolder.Take(_study.Output("out"));
        List<string> notes = [];
        using StudyRecords records = new(folder, _study.Plan("out"), notes.Add);

        StudyResults results = records.Results([], TimeSpan.Zero, default);

        Assert.That(StudyTables.ResultsTable(results, folder.Path),
            Is.EqualTo(StudyTables.ResultsTable(before, folder.Path)));
        Assert.That(notes, Has.Count.EqualTo(2));
        Assert.That(notes[1], Is.EqualTo($"{_database} lacks the newest runs; results.csv and the report have them " +
            $"all. Once the file is free, 'orttrainer study --report {folder.Path}' completes it."));
    }

    [Test]
    public void Waiting_for_a_locked_database_ends_with_the_study()
    {
        _study.Run("out");
        using SqliteConnection viewer = Locked();
        using StudyFolder folder = StudyFolder.Take(_study.Output("out"));
        using StudyRecords records = new(folder, _study.Plan("out"), _ => { });

        StudyResults results = records.Results([], TimeSpan.FromDays(1), new CancellationToken(canceled: true));

        Assert.That(results.Runs.Select(run => run.Status), Is.All.EqualTo(StudyRunStatus.Done));
    }

    private SqliteConnection Locked()
    {
        SqliteConnection connection = new($"Data Source={_database};Pooling=False");
        connection.Open();
        Execute(connection, "BEGIN EXCLUSIVE");
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
