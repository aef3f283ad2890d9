using Microsoft.Data.Sqlite;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>
/// The results of a study in SQLite: a row per run, per score and per point of a learning curve. It only mirrors the
/// folders of the runs, so one that is missing, damaged or of another version is made anew.
/// </summary>
internal sealed class StudyDatabase : IDisposable
{
    private const string InsertRun = """
        INSERT INTO runs (position, model, initialization, task, method, seed, folder, status, error, metric, score,
            live, averaged, seconds, teacher_seconds, steps, stamp)
        VALUES ($position, $model, $initialization, $task, $method, $seed, $folder, $status, $error, $metric, $score,
            $live, $averaged, $seconds, $teacher_seconds, $steps, $stamp) RETURNING id
        """;

    private readonly SqliteConnection _connection;

    private StudyDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the file; what cannot be used is replaced by an empty one.</summary>
    public static StudyDatabase Open(string path) => new(StudyDatabaseFile.Open(path));

    /// <summary>By folder of the run: its place in the order, and what its row was made from.</summary>
    public IReadOnlyDictionary<string, (int Position, string Stamp)> Stamps()
    {
        using SqliteCommand select = Command("SELECT folder, position, stamp FROM runs");
        using SqliteDataReader row = select.ExecuteReader();
        Dictionary<string, (int, string)> stamps = [];
        while (row.Read())
        {
            stamps.Add(row.GetString(0), (row.GetInt32(1), row.GetString(2)));
        }

        return stamps;
    }

    /// <summary>Adds runs or replaces them, all or none.</summary>
    /// <param name="rows">The runs with their place in the order and what they were read from.</param>
    public void Put(IEnumerable<(int Position, StudyRun Run, string Stamp)> rows)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using SqliteCommand delete = Command("DELETE FROM runs WHERE folder = $folder");
        using SqliteCommand insertRun = Command(InsertRun);
        using SqliteCommand insertScore = Command("INSERT INTO scores VALUES ($run, $metric, $value)");
        using SqliteCommand insertPoint =
            Command("INSERT INTO curve VALUES ($run, $step, $weights, $metric, $value)");
        foreach ((int position, StudyRun run, string stamp) in rows)
        {
            Execute(delete, ("$folder", run.Folder));
            long id = Insert(insertRun, position, run, stamp);
            foreach ((string metric, double value) in run.Scores)
            {
                Execute(insertScore, ("$run", id), ("$metric", metric), ("$value", Stored(value)));
            }

            foreach (EvaluationPoint point in run.Curve)
            {
                InsertPoint(insertPoint, id, point.Step, "live", point.Live);
                InsertPoint(insertPoint, id, point.Step, "averaged", point.Averaged);
            }
        }

        transaction.Commit();
    }

    /// <summary>Removes the runs of these folders.</summary>
    public void Remove(IEnumerable<string> folders)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using SqliteCommand delete = Command("DELETE FROM runs WHERE folder = $folder");
        foreach (string folder in folders)
        {
            Execute(delete, ("$folder", folder));
        }

        transaction.Commit();
    }

    /// <summary>All runs, in order.</summary>
    public IReadOnlyList<StudyRun> Read()
    {
        Dictionary<long, Dictionary<string, double>> scores = ReadScores();
        Dictionary<long, List<EvaluationPoint>> curves = ReadCurves();
        using SqliteCommand select = Command("SELECT * FROM runs ORDER BY position");
        using SqliteDataReader row = select.ExecuteReader();
        List<StudyRun> runs = [];
        while (row.Read())
        {
            long id = (long)row["id"];
            runs.Add(ReadRun(row) with
            {
                Scores = scores.GetValueOrDefault(id) ?? [],
                Curve = curves.GetValueOrDefault(id) ?? [],
            });
        }

        return runs;
    }

    public void Dispose() => _connection.Dispose();

    private static long Insert(SqliteCommand insert, int position, StudyRun run, string stamp)
    {
        Bind(insert, ("$position", position), ("$model", run.Model), ("$initialization", run.Initialization),
            ("$task", run.Task), ("$method", run.Method), ("$seed", run.Seed), ("$folder", run.Folder),
            ("$status", run.Status.ToString()), ("$error", run.Error), ("$metric", run.Metric),
            ("$score", Stored(run.Score)), ("$live", Stored(run.Live)), ("$averaged", Stored(run.Averaged)),
            ("$seconds", Stored(run.Seconds)), ("$teacher_seconds", Stored(run.TeacherSeconds)),
            ("$steps", run.Steps), ("$stamp", stamp));
        return (long)insert.ExecuteScalar()!;
    }

    private static void InsertPoint(
        SqliteCommand insert, long id, long step, string weights, IReadOnlyDictionary<string, double>? scores)
    {
        foreach ((string metric, double value) in scores ?? new Dictionary<string, double>())
        {
            Execute(insert, ("$run", id), ("$step", step), ("$weights", weights), ("$metric", metric),
                ("$value", Stored(value)));
        }
    }

    private Dictionary<long, Dictionary<string, double>> ReadScores()
    {
        using SqliteCommand select = Command("SELECT run, metric, value FROM scores");
        using SqliteDataReader row = select.ExecuteReader();
        Dictionary<long, Dictionary<string, double>> scores = [];
        while (row.Read())
        {
            Of(scores, row.GetInt64(0)).Add(row.GetString(1), Number(row.GetValue(2))!.Value);
        }

        return scores;
    }

    private Dictionary<long, List<EvaluationPoint>> ReadCurves()
    {
        using SqliteCommand select =
            Command("SELECT run, step, weights, metric, value FROM curve ORDER BY run, step, weights, metric");
        using SqliteDataReader row = select.ExecuteReader();
        Dictionary<long, List<EvaluationPoint>> curves = [];
        Dictionary<string, double> live = [], averaged = [];
        (long Run, long Step) at = (-1, -1);
        while (row.Read())
        {
            if (at != (row.GetInt64(0), row.GetInt64(1)))
            {
                at = (row.GetInt64(0), row.GetInt64(1));
                (live, averaged) = ([], []);
                Of(curves, at.Run).Add(new EvaluationPoint(at.Step, live, averaged));
            }

            (row.GetString(2) == "live" ? live : averaged).Add(row.GetString(3), Number(row.GetValue(4))!.Value);
        }

        // A point without averaged scores has none, not an empty set of them.
        return curves.ToDictionary(curve => curve.Key, curve => curve.Value
            .Select(point => point.Averaged!.Count > 0 ? point : point with { Averaged = null }).ToList());
    }

    private static StudyRun ReadRun(SqliteDataReader row) => new()
    {
        Model = (string)row["model"],
        Initialization = (string)row["initialization"],
        Task = (string)row["task"],
        Method = (string)row["method"],
        Seed = (long)row["seed"],
        Folder = (string)row["folder"],
        Status = Enum.Parse<StudyRunStatus>((string)row["status"]),
        Error = row["error"] as string,
        Metric = (string)row["metric"],
        Score = Number(row["score"]),
        Live = Number(row["live"]),
        Averaged = Number(row["averaged"]),
        Seconds = Number(row["seconds"]),
        TeacherSeconds = Number(row["teacher_seconds"]),
        Steps = (long)row["steps"],
    };

    private static TValue Of<TValue>(Dictionary<long, TValue> values, long id)
        where TValue : new()
    {
        if (!values.TryGetValue(id, out TValue? value))
        {
            values.Add(id, value = new());
        }

        return value;
    }

    /// <summary>SQLite has no NaN: a score that is not defined is a word.</summary>
    private static object? Stored(double? value) => value is { } number && double.IsNaN(number) ? "nan" : value;

    private static double? Number(object value) => value switch
    {
        double number => number,
        string => double.NaN,
        _ => null,
    };

    private SqliteCommand Command(string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Execute(SqliteCommand command, params (string Name, object? Value)[] values)
    {
        Bind(command, values);
        command.ExecuteNonQuery();
    }

    private static void Bind(SqliteCommand command, params (string Name, object? Value)[] values)
    {
        command.Parameters.Clear();
        foreach ((string name, object? value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }
    }
}
