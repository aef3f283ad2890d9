using Microsoft.Data.Sqlite;

namespace OrtTrainer.Studies;

/// <summary>The SQLite file of a study: its tables, and what becomes of a file that cannot be used.</summary>
internal static class StudyDatabaseFile
{
    private const int Version = 1;

    // SQLITE_CORRUPT and SQLITE_NOTADB.
    private static readonly int[] Damaged = [11, 26];

    private const string Schema = """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY, position INTEGER NOT NULL, model TEXT NOT NULL, initialization TEXT NOT NULL,
            task TEXT NOT NULL, method TEXT NOT NULL, seed INTEGER NOT NULL, folder TEXT NOT NULL UNIQUE,
            status TEXT NOT NULL, error TEXT, metric TEXT NOT NULL, score REAL, live REAL, averaged REAL,
            seconds REAL, teacher_seconds REAL, steps INTEGER NOT NULL, stamp TEXT NOT NULL);
        CREATE INDEX runs_by_position ON runs (position);
        CREATE INDEX runs_by_cell ON runs (model, initialization, task, method, seed);
        CREATE INDEX runs_by_method ON runs (method, task);
        CREATE INDEX runs_by_task ON runs (task, method);
        CREATE TABLE scores (
            run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, metric TEXT NOT NULL, value REAL,
            PRIMARY KEY (run, metric)) WITHOUT ROWID;
        CREATE TABLE curve (
            run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, step INTEGER NOT NULL, weights TEXT NOT NULL,
            metric TEXT NOT NULL, value REAL, PRIMARY KEY (run, step, weights, metric)) WITHOUT ROWID;
        """;

    /// <summary>Opens the file; one that is missing, damaged or of another version is made anew, empty.</summary>
    public static SqliteConnection Open(string path)
    {
        try
        {
            if (TryOpen(path) is { } connection)
            {
                return connection;
            }
        }
        catch (SqliteException cause) when (Damaged.Contains(cause.SqliteErrorCode))
        {
            // The folders of the runs have everything that was in it.
        }

        File.Delete(path);
        return TryOpen(path)!;
    }

    /// <returns>Null for tables of another version.</returns>
    private static SqliteConnection? TryOpen(string path)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            // SQLite itself tries again for so long where another program holds the file.
            DefaultTimeout = 1,
            ForeignKeys = true,
        }.ToString());
        try
        {
            connection.Open();
            if (Number("SELECT count(*) FROM sqlite_master") == 0)
            {
                using SqliteCommand create = connection.CreateCommand();
                create.CommandText = $"BEGIN; {Schema} PRAGMA user_version = {Version}; COMMIT;";
                create.ExecuteNonQuery();
                return connection;
            }

            if (Number("PRAGMA user_version") == Version)
            {
                return connection;
            }
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        connection.Dispose();
        return null;

        long Number(string sql)
        {
            using SqliteCommand select = connection.CreateCommand();
            select.CommandText = sql;
            return (long)select.ExecuteScalar()!;
        }
    }
}
