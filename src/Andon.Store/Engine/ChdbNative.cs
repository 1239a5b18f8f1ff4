using System.Reflection;
using System.Runtime.InteropServices;

namespace Andon.Store.Engine;

/// <summary>
/// The engine library's C interface, all of it that Andon uses. Loaded in the engine worker's process only: a fault in native code
/// must never end collection, cases or the console.
/// </summary>
static unsafe partial class ChdbNative
{
    const string Library = "chdb";

    /// <summary>Names the one file that may be loaded. Call it once, after its hash was checked.</summary>
    public static void LoadFrom(string path)
    {
        var handle = NativeLibrary.Load(path);
        NativeLibrary.SetDllImportResolver(typeof(ChdbNative).Assembly, (name, assembly, search) =>
            name == Library ? handle : NativeLibrary.Load(name, assembly, search));
    }

    /// <summary>0 keeps the engine's hands off this process's signals: with its default a caught NullReferenceException hangs the process.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_set_signal_handlers_enabled")]
    public static partial void SetSignalHandlersEnabled(int enabled);

    [LibraryImport(Library, EntryPoint = "chdb_version")]
    private static partial byte* VersionText();
    public static string Version() => Text(VersionText()) ?? "";

    /// <summary>Returns a pointer to the handle, or NULL; the reason of a NULL stands on stderr only.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_connect")]
    public static partial nint* Connect(int count, byte** arguments);

    [LibraryImport(Library, EntryPoint = "chdb_close_conn")]
    public static partial void Close(nint* connection);

    [LibraryImport(Library, EntryPoint = "chdb_query_with_params_n")]
    public static partial ChdbResult Query(
        nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength,
        byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    [LibraryImport(Library, EntryPoint = "chdb_stream_query_with_params_n")]
    public static partial ChdbResult StreamQuery(
        nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength,
        byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    [LibraryImport(Library, EntryPoint = "chdb_stream_fetch_result")]
    public static partial ChdbResult Fetch(nint connection, ChdbResult stream);

    [LibraryImport(Library, EntryPoint = "chdb_stream_cancel_query")]
    public static partial void CancelQuery(nint connection, ChdbResult stream);

    [LibraryImport(Library, EntryPoint = "chdb_destroy_query_result")]
    public static partial void DestroyResult(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_buffer")]
    public static partial byte* ResultBuffer(ChdbResult result);

    [LibraryImport(Library, EntryPoint = "chdb_result_length")]
    public static partial nuint ResultLength(ChdbResult result);

    [LibraryImport(Library, EntryPoint = "chdb_result_error")]
    private static partial byte* ResultErrorText(ChdbResult result);
    public static string? ResultError(ChdbResult result) => Text(ResultErrorText(result));

    [LibraryImport(Library, EntryPoint = "chdb_result_rows_written")]
    public static partial ulong RowsWritten(ChdbResult result);

    [LibraryImport(Library, EntryPoint = "chdb_result_bytes_written")]
    public static partial ulong BytesWritten(ChdbResult result);

    [LibraryImport(Library, EntryPoint = "chdb_result_storage_rows_read")]
    public static partial ulong StorageRowsRead(ChdbResult result);

    [LibraryImport(Library, EntryPoint = "chdb_result_storage_bytes_read")]
    public static partial ulong StorageBytesRead(ChdbResult result);

    /// <summary>Never NULL: a failed start stands in <see cref="InsertError"/>.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_stream_insert_n")]
    public static partial ChdbInsert StreamInsert(nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength);

    /// <summary>Copies the bytes; blocks when the engine is behind. 0 is success.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_stream_append")]
    public static partial int Append(ChdbInsert stream, byte* data, nuint length);

    [LibraryImport(Library, EntryPoint = "chdb_stream_done")]
    public static partial ChdbResult Done(ChdbInsert stream);

    [LibraryImport(Library, EntryPoint = "chdb_stream_cancel_insert")]
    public static partial void CancelInsert(ChdbInsert stream);

    [LibraryImport(Library, EntryPoint = "chdb_stream_insert_error")]
    private static partial byte* InsertErrorText(ChdbInsert stream);
    public static string? InsertError(ChdbInsert stream) => Text(InsertErrorText(stream));

    [LibraryImport(Library, EntryPoint = "chdb_destroy_insert_stream")]
    public static partial void DestroyInsert(nint stream);

    static string? Text(byte* zeroEnded) => Marshal.PtrToStringUTF8((nint)zeroEnded);
}

/// <summary>A result, or the handle of a result that is being streamed.</summary>
sealed class ChdbResult() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;
    protected override bool ReleaseHandle()
    {
        ChdbNative.DestroyResult(handle);
        return true;
    }
}

/// <summary>An insert that is being streamed. Destroying one that was not finished cancels it.</summary>
sealed class ChdbInsert() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;
    protected override bool ReleaseHandle()
    {
        ChdbNative.DestroyInsert(handle);
        return true;
    }
}
