using System.Diagnostics;
using System.Globalization;
using System.Text;
using Andon.Model;

namespace Andon.Bench.Searching;

/// <summary>The same events for the peers: raw lines for ripgrep, compressed lines for <c>zstdcat | rg</c>, a table for the analytic engine.</summary>
sealed class PeerFiles(string folder, bool made) : IDisposable
{
    public string Raw { get; } = Path.Combine(folder, "raw.log");
    public string Packed { get; } = Path.Combine(folder, "raw.log.zst");
    public string Table { get; } = Path.Combine(folder, "events.csv");

    readonly Stream raw = made ? Stream.Null : File.Create(Path.Combine(folder, "raw.log"), 1 << 20);
    readonly StreamWriter table = new(made ? Stream.Null : File.Create(Path.Combine(folder, "events.csv"), 1 << 20), new UTF8Encoding(false), 1 << 20);
    readonly StringBuilder row = new();

    /// <summary>An earlier run left them in this folder.</summary>
    public bool Made => made;

    public static readonly (string Name, string Type, FieldId Field)[] Columns =
    [
        ("source_id", "VARCHAR", Ecs.LogSourceId), ("dataset", "VARCHAR", Ecs.EventDataset), ("host", "VARCHAR", Ecs.HostName), ("usr", "VARCHAR", Ecs.UserName),
        ("source_ip", "VARCHAR", Ecs.SourceIp), ("destination_ip", "VARCHAR", Ecs.DestinationIp), ("category", "VARCHAR", Ecs.EventCategory),
        ("action", "VARCHAR", Ecs.EventAction), ("outcome", "VARCHAR", Ecs.EventOutcome), ("executable", "VARCHAR", Ecs.ProcessExecutable),
        ("command_line", "VARCHAR", Ecs.ProcessCommandLine), ("status", "BIGINT", FieldNames.Intern("http.response.status_code")),
    ];

    public void Add(EventView view)
    {
        raw.Write(view.Raw);
        raw.WriteByte((byte)'\n');
        row.Clear();
        row.Append(UnixMs.ToIso(view.TimeMs)[..^1].Replace('T', ' '));
        foreach (var (_, _, field) in Columns)
        {
            row.Append(',');
            if (view.TryGet(field, out var value)) Quote(value);
        }
        row.Append(',');
        Quote(view.Raw);
        table.Write(row.Append('\n'));
    }

    void Quote(ReadOnlySpan<byte> value) => row.Append('"').Append(Encoding.UTF8.GetString(value).Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');

    public void Close()
    {
        raw.Dispose();
        table.Dispose();
    }

    public void Dispose() => Close();

    /// <summary>Runs a program, its output thrown away but for its lines; gives seconds and lines.</summary>
    public static (double Seconds, long Lines) Time(string shell)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(shell);
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        long lines = 0;
        var buffer = new byte[1 << 16];
        for (int read; (read = process.StandardOutput.BaseStream.Read(buffer)) > 0;) lines += buffer.AsSpan(0, read).Count((byte)'\n');
        process.WaitForExit();
        return (Stopwatch.GetElapsedTime(began).TotalSeconds, lines);
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
