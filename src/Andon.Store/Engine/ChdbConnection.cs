using System.Text;
using System.Text.RegularExpressions;

namespace Andon.Store.Engine;

/// <summary>The engine's answer to a failed statement: code and text.</summary>
sealed class ChdbException(string text) : Exception(text)
{
    public int Code { get; } = ChdbConnection.CodeOf(text);
}

/// <summary>
/// One connection, which runs one statement at a time. Its name is its <c>log_comment</c>, by which another connection finds and
/// kills what it runs.
/// </summary>
sealed unsafe partial class ChdbConnection : IDisposable
{
    readonly nint* pointer;
    readonly nint connection;
    string database = "default";
    string settings = "";
    bool left;

    public string Name { get; }

    public ChdbConnection(string name, IEnumerable<string> arguments)
    {
        Name = name;
        // The first argument is the program's name, as in main().
        using var argv = new Utf8Array(["andon", .. arguments, $"--log_comment={name}"]);
        pointer = ChdbNative.Connect(argv.Count, argv.Pointers);
        if (pointer == null) throw new ChdbException($"The engine refused the connection {name}; its reason stands above.");
        connection = *pointer;
    }

    /// <summary>Brings the connection to this database and these settings. Known settings only; the text is made by <see cref="EngineRequest"/>.</summary>
    public void Prepare(string wantedDatabase, string wantedSettings)
    {
        if (left)
        {
            // What a stream had begun to write when it was given up or killed stands at the beginning of the next result: this one takes it away.
            Run("SELECT 1").Dispose();
            left = false;
        }
        if (wantedSettings != settings)
        {
            settings = "?";
            Run(wantedSettings.Length == 0 ? "SELECT 1" : wantedSettings).Dispose();
            settings = wantedSettings;
        }
        if (wantedDatabase != database)
        {
            database = "?";
            Run($"USE `{wantedDatabase}`").Dispose();
            database = wantedDatabase;
        }
    }

    /// <summary>Runs a statement to its end and gives the whole result.</summary>
    public ChdbResult Run(string sql, string format = "TabSeparated", IReadOnlyList<KeyValuePair<string, string>>? parameters = null) =>
        Checked(Start(sql, format, parameters ?? [], stream: false));

    /// <summary>Starts a statement whose result is fetched piece by piece. Unless it is fetched to its end, only <see cref="Prepare"/> makes the connection clean again.</summary>
    public ChdbResult Stream(string sql, string format, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        left = true;
        return Checked(Start(sql, format, parameters, stream: true));
    }

    /// <summary>The next piece, or null at the end.</summary>
    public ChdbResult? Fetch(ChdbResult stream)
    {
        var piece = Checked(ChdbNative.Fetch(connection, stream));
        if (ChdbNative.ResultLength(piece) > 0) return piece;
        piece.Dispose();
        left = false;
        return null;
    }

    public void Cancel(ChdbResult stream) => ChdbNative.CancelQuery(connection, stream);

    /// <summary>Begins an insert. The statement comes without its FORMAT.</summary>
    public ChdbInsert Insert(string sql, string format)
    {
        var sqlBytes = Encoding.UTF8.GetBytes(sql);
        var formatBytes = Encoding.ASCII.GetBytes(format);
        ChdbInsert insert;
        fixed (byte* s = sqlBytes, f = formatBytes)
            insert = ChdbNative.StreamInsert(connection, s, (nuint)sqlBytes.Length, f, (nuint)formatBytes.Length);
        if (ChdbNative.InsertError(insert) is not { } error) return insert;
        insert.Dispose();
        throw new ChdbException(error);
    }

    public static void Append(ChdbInsert insert, ReadOnlySpan<byte> data)
    {
        int state;
        fixed (byte* d = data) state = ChdbNative.Append(insert, d, (nuint)data.Length);
        if (state != 0) throw new ChdbException(ChdbNative.InsertError(insert) ?? "The engine took no more of this insert.");
    }

    /// <summary>Commits; gives rows and bytes written.</summary>
    public static (ulong Rows, ulong Bytes) Done(ChdbInsert insert)
    {
        using var result = Checked(ChdbNative.Done(insert));
        return (ChdbNative.RowsWritten(result), ChdbNative.BytesWritten(result));
    }

    /// <summary>Kills what another connection runs.</summary>
    public void Kill(string name) => Run($"KILL QUERY WHERE Settings['log_comment'] = '{name}' ASYNC").Dispose();

    public static ReadOnlySpan<byte> Bytes(ChdbResult result) => new(ChdbNative.ResultBuffer(result), checked((int)ChdbNative.ResultLength(result)));

    public void Dispose() => ChdbNative.Close(pointer);

    public static int CodeOf(string text) => CodePattern().Match(text) is { Success: true } found ? int.Parse(found.Groups["code"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : 1002;

    [GeneratedRegex(@"Code: (?<code>\d{1,6})\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex CodePattern();

    ChdbResult Start(string sql, string format, IReadOnlyList<KeyValuePair<string, string>> parameters, bool stream)
    {
        var sqlBytes = Encoding.UTF8.GetBytes(sql);
        var formatBytes = Encoding.ASCII.GetBytes(format);
        using var names = new Utf8Array(parameters.Select(p => p.Key));
        using var values = new Utf8Array(parameters.Select(p => p.Value));
        fixed (byte* s = sqlBytes, f = formatBytes)
            return stream
                ? ChdbNative.StreamQuery(connection, s, (nuint)sqlBytes.Length, f, (nuint)formatBytes.Length, names.Pointers, names.Lengths, values.Pointers, values.Lengths, (nuint)names.Count)
                : ChdbNative.Query(connection, s, (nuint)sqlBytes.Length, f, (nuint)formatBytes.Length, names.Pointers, names.Lengths, values.Pointers, values.Lengths, (nuint)names.Count);
    }

    static ChdbResult Checked(ChdbResult result)
    {
        if (result.IsInvalid) throw new ChdbException("The engine gave no result.");
        if (ChdbNative.ResultError(result) is not { } error) return result;
        result.Dispose();
        throw new ChdbException(error);
    }

    /// <summary>Texts as native UTF-8, ended by zeros and with their lengths.</summary>
    readonly ref struct Utf8Array
    {
        public readonly byte** Pointers;
        public readonly nuint* Lengths;
        public readonly int Count;

        public Utf8Array(IEnumerable<string> texts)
        {
            var all = texts.Select(Encoding.UTF8.GetBytes).ToArray();
            Count = all.Length;
            Pointers = (byte**)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)((Count + 1) * sizeof(nint)));
            Lengths = (nuint*)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)((Count + 1) * sizeof(nuint)));
            for (var i = 0; i < Count; i++)
            {
                Pointers[i] = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)all[i].Length + 1);
                all[i].CopyTo(new Span<byte>(Pointers[i], all[i].Length));
                Pointers[i][all[i].Length] = 0;
                Lengths[i] = (nuint)all[i].Length;
            }
            Pointers[Count] = null;
        }

        public void Dispose()
        {
            for (var i = 0; i < Count; i++) System.Runtime.InteropServices.NativeMemory.Free(Pointers[i]);
            System.Runtime.InteropServices.NativeMemory.Free(Pointers);
            System.Runtime.InteropServices.NativeMemory.Free(Lengths);
        }
    }
}
