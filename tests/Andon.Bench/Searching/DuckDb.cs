using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Andon.Bench.Searching;

/// <summary>The peer's C interface, as far as a measurement needs it: open, run a statement, count its rows, read a number.</summary>
sealed unsafe partial class DuckDb : IDisposable
{
    const string Library = "duckdb";
    readonly nint database, connection;

    /// <summary>Where the peer's library lies, or null when its package is not installed.</summary>
    public static string? Find(string root)
    {
        var path = Path.Combine(root, "tests/Andon.Bench/peers/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so");
        return File.Exists(path) ? path : null;
    }

    public static void LoadFrom(string path) =>
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == Library ? NativeLibrary.Load(path) : 0);

    public DuckDb(string file, int threads)
    {
        if (Open(file, out database) != 0 || Connect(database, out connection) != 0) throw new InvalidOperationException($"The peer did not open {file}.");
        Run($"SET threads = {threads}");
    }

    /// <summary>Runs a statement to its end; gives its rows and, where there is one, the first value as a number.</summary>
    public (long Rows, long First) Run(string sql)
    {
        var result = default(Result);
        if (Query(connection, sql, ref result) != 0)
        {
            var why = Marshal.PtrToStringUTF8(Error(ref result));
            Destroy(ref result);
            throw new InvalidOperationException($"The peer refused: {why}\n{sql}");
        }
        var rows = (long)RowCount(ref result);
        var first = rows > 0 ? Int64(ref result, 0, 0) : 0;
        Destroy(ref result);
        return (rows, first);
    }

    public void Dispose()
    {
        fixed (nint* c = &connection, d = &database)
        {
            Disconnect(c);
            Close(d);
        }
    }

    // duckdb.h: duckdb_result has six pointer-sized members.
    [StructLayout(LayoutKind.Sequential)]
    struct Result { public nint A, B, C, D, E, F; }

    [LibraryImport(Library, EntryPoint = "duckdb_open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, out nint database);
    [LibraryImport(Library, EntryPoint = "duckdb_connect")]
    private static partial int Connect(nint database, out nint connection);
    [LibraryImport(Library, EntryPoint = "duckdb_query", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Query(nint connection, string sql, ref Result result);
    [LibraryImport(Library, EntryPoint = "duckdb_result_error")]
    private static partial nint Error(ref Result result);
    [LibraryImport(Library, EntryPoint = "duckdb_row_count")]
    private static partial ulong RowCount(ref Result result);
    [LibraryImport(Library, EntryPoint = "duckdb_value_int64")]
    private static partial long Int64(ref Result result, ulong column, ulong row);
    [LibraryImport(Library, EntryPoint = "duckdb_destroy_result")]
    private static partial void Destroy(ref Result result);
    [LibraryImport(Library, EntryPoint = "duckdb_disconnect")]
    private static partial void Disconnect(nint* connection);
    [LibraryImport(Library, EntryPoint = "duckdb_close")]
    private static partial void Close(nint* database);
}
