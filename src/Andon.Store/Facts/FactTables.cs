using System.Data;
using Andon.Model;
using Microsoft.Data.Sqlite;

namespace Andon.Store.Facts;

/// <summary>
/// The tables of the fact log and their statements. Writing is one thread's; reading opens a pooled connection a call. Texts are kept
/// as text, so that the file can be read with any SQLite tool.
/// </summary>
internal sealed class FactTables : IDisposable
{
    const string Schema = """
        CREATE TABLE IF NOT EXISTS facts(
            seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, cause TEXT NOT NULL,
            type TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS fact_subjects(
            subject TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(subject, seq)) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS checkpoints(reader TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """;
    const string Columns = "facts.seq, at_ms, actor, cause, type, body";

    readonly SqliteConnection writer;
    readonly string readers;
    readonly SqliteCommand insert;
    readonly SqliteCommand insertSubject;
    readonly SqliteCommand save;
    SqliteTransaction? open;

    FactTables(SqliteConnection writer, string readers)
    {
        (this.writer, this.readers) = (writer, readers);
        insert = Prepare("INSERT INTO facts(seq, at_ms, actor, cause, type, subject, body, hash) VALUES ($seq, $at, $actor, $cause, $type, $subject, $body, $hash)",
            ("$seq", SqliteType.Integer), ("$at", SqliteType.Integer), ("$actor", SqliteType.Text), ("$cause", SqliteType.Text),
            ("$type", SqliteType.Text), ("$subject", SqliteType.Text), ("$body", SqliteType.Text), ("$hash", SqliteType.Blob));
        insertSubject = Prepare("INSERT INTO fact_subjects(subject, seq) VALUES ($subject, $seq)", ("$subject", SqliteType.Text), ("$seq", SqliteType.Integer));
        save = Prepare("INSERT INTO checkpoints(reader, position) VALUES ($reader, $position) ON CONFLICT(reader) DO UPDATE SET position = excluded.position",
            ("$reader", SqliteType.Text), ("$position", SqliteType.Integer));
    }

    public static FactTables Open(string path)
    {
        var writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            writer.Open();
            // FULL: in WAL mode each commit is flushed; NORMAL would lose acknowledged facts in a power cut.
            Run(writer, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;");
            Run(writer, Schema);
            return new(writer, new SqliteConnectionStringBuilder { DataSource = path, Pooling = true }.ToString());
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    public (long Last, byte[] Hash) End()
    {
        using var command = writer.CreateCommand();
        command.CommandText = "SELECT seq, hash FROM facts ORDER BY seq DESC LIMIT 1";
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : (0, FactChain.Genesis());
    }

    public Dictionary<string, ulong> Checkpoints()
    {
        var saved = new Dictionary<string, ulong>();
        using var command = writer.CreateCommand();
        command.CommandText = "SELECT reader, position FROM checkpoints";
        using var reader = command.ExecuteReader();
        while (reader.Read()) saved[reader.GetString(0)] = (ulong)reader.GetInt64(1);
        return saved;
    }

    public static string SubjectOf(string body) => Subjects.Of(body) is [var first, ..] ? first : "";

    public void Begin()
    {
        open = writer.BeginTransaction(IsolationLevel.Serializable);
        insert.Transaction = insertSubject.Transaction = save.Transaction = open;
    }

    public void Insert(FactRow row, byte[] hash, IReadOnlyList<string> subjects)
    {
        var p = insert.Parameters;
        (p[0].Value, p[1].Value, p[2].Value, p[3].Value) = (row.Seq, row.AtMs, row.Actor, row.Cause);
        (p[4].Value, p[5].Value, p[6].Value, p[7].Value) = (row.Type, subjects.Count == 0 ? "" : subjects[0], row.Body, hash);
        insert.ExecuteNonQuery();
        foreach (var subject in subjects)
        {
            (insertSubject.Parameters[0].Value, insertSubject.Parameters[1].Value) = (subject, row.Seq);
            insertSubject.ExecuteNonQuery();
        }
    }

    public void Save(Checkpoint mark)
    {
        (save.Parameters[0].Value, save.Parameters[1].Value) = (mark.Reader, (long)mark.Position);
        save.ExecuteNonQuery();
    }

    public void Commit()
    {
        open?.Commit();
        End(open);
    }

    public void Rollback()
    {
        try
        {
            open?.Rollback();
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            // SQLite already rolled back by itself, as it does when the disk is full.
        }
        End(open);
    }

    void End(SqliteTransaction? transaction)
    {
        transaction?.Dispose();
        open = null;
    }

    public IReadOnlyList<FactRow> Read(long after, long upTo, int max)
    {
        using var connection = Reader();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM facts WHERE seq > $after AND seq <= $upTo ORDER BY seq LIMIT $max";
        command.Parameters.AddWithValue("$after", after);
        command.Parameters.AddWithValue("$upTo", upTo);
        command.Parameters.AddWithValue("$max", max);
        return Rows(command);
    }

    public IReadOnlyList<FactRow> ReadSubject(string subject, long upTo, int max)
    {
        using var connection = Reader();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT {Columns} FROM facts JOIN (
                SELECT seq FROM fact_subjects WHERE subject = $subject AND seq <= $upTo ORDER BY seq DESC LIMIT $max) AS about USING (seq)
            ORDER BY facts.seq
            """;
        command.Parameters.AddWithValue("$subject", subject);
        command.Parameters.AddWithValue("$upTo", upTo);
        command.Parameters.AddWithValue("$max", max);
        return Rows(command);
    }

    public IEnumerable<(FactRow Row, string Subject, byte[] Hash)> ReadChain(long upTo)
    {
        using var connection = Reader();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns}, subject, hash FROM facts WHERE seq <= $upTo ORDER BY seq";
        command.Parameters.AddWithValue("$upTo", upTo);
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return (Row(reader), reader.GetString(6), reader.GetFieldValue<byte[]>(7));
    }

    public long CopyTo(string path)
    {
        using var to = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        to.Open();
        using (var from = Reader()) from.BackupDatabase(to);
        // One file and no journal beside it, so that the copy is whole by itself.
        Run(to, "PRAGMA journal_mode=DELETE;");
        using var command = to.CreateCommand();
        command.CommandText = "SELECT ifnull(max(seq), 0) FROM facts";
        return (long)(command.ExecuteScalar() ?? 0L);
    }

    public void Dispose()
    {
        insert.Dispose();
        insertSubject.Dispose();
        save.Dispose();
        writer.Dispose();
        using var pooled = new SqliteConnection(readers);
        SqliteConnection.ClearPool(pooled);
    }

    SqliteConnection Reader()
    {
        var connection = new SqliteConnection(readers);
        connection.Open();
        return connection;
    }

    static List<FactRow> Rows(SqliteCommand command)
    {
        var rows = new List<FactRow>();
        using var reader = command.ExecuteReader();
        while (reader.Read()) rows.Add(Row(reader));
        return rows;
    }

    static FactRow Row(SqliteDataReader reader) =>
        new(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5));

#pragma warning disable CA2100 // The texts are this file's constants; values travel as parameters.
    SqliteCommand Prepare(string sql, params ReadOnlySpan<(string Name, SqliteType Type)> parameters)
    {
        var command = writer.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, type) in parameters) command.Parameters.Add(name, type);
        command.Prepare();
        return command;
    }

    static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
#pragma warning restore CA2100
}
