using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>What a record's origin means to the parsers, worked out once an origin and not once a record.</summary>
sealed class OriginView
{
    public readonly byte[] Listener;
    /// <summary>Sender's address without its port, or the host of the file (its path where none was told): names the source when the record names no host.</summary>
    public readonly byte[] Host;
    /// <summary>The host was told by name, so it is the event's too.</summary>
    public readonly bool HostTold;
    public readonly bool Syslog;
    /// <summary>The sender showed a token, or Operations named the file: what it calls its records counts.</summary>
    public readonly bool Trusted;
    public readonly bool Hec;
    public readonly bool Loki;
    /// <summary>What the sender calls its records: the dataset of an index's name, a source type.</summary>
    public readonly byte[] Told = [];
    /// <summary>What was uploaded is one source, whatever hosts it speaks of.</summary>
    public readonly bool Upload;
    /// <summary>The columns of its lines, as the head of its file named them.</summary>
    public readonly HeadColumns? Columns;
    public readonly bool Oversized;
    public readonly bool CutOff;
    /// <summary>Format that Operations set for a file; null when the text decides.</summary>
    public readonly string? Format;
    /// <summary>nginx or apache when path, index or format say so.</summary>
    public readonly string? WebServer;
    /// <summary>Members of its door's objects that hold the sender's message, the best first.</summary>
    public readonly byte[][] Carriers;
    /// <summary>The message may be an object or a list, and not only a text.</summary>
    public readonly bool Values;

    public OriginView(Origin origin)
    {
        Listener = Encoding.UTF8.GetBytes(origin.Listener);
        Host = Encoding.UTF8.GetBytes(origin.Peer);
        Syslog = origin.Listener.StartsWith("syslog", StringComparison.Ordinal);
        Upload = origin.Listener == Hints.UploadListener;
        if (Syslog || Upload || origin.Listener is Hints.FileListener or "lumberjack" or "forward" or "gelf-tcp" or "gelf-udp")
        {
            foreach (var part in origin.Hint.Split(';'))
            {
                if (part == Hints.Oversized) Oversized = true;
                else if (part == Hints.CutOff) CutOff = true;
                else if (part.StartsWith(Hints.Columns, StringComparison.Ordinal)) Columns = HeadColumns.Of(part[Hints.Columns.Length..]);
                else if (part.StartsWith(Hints.Format, StringComparison.Ordinal)) Format = part[Hints.Format.Length..];
                else if (part.StartsWith(Hints.Host, StringComparison.Ordinal) && part.Length > Hints.Host.Length)
                {
                    Host = Encoding.UTF8.GetBytes(part[Hints.Host.Length..]);
                    HostTold = true;
                }
            }
        }
        Hec = origin.Listener == "hec";
        Carriers = CarriersOf(origin.Listener);
        Values = Hec || origin.Listener == "otlp";
        Loki = origin.Listener == "loki";
        // Beats name the dataset of what they send; a port for them hears no others.
        Trusted = Hec || Loki || origin.Listener is "bulk" or "otlp" or "journal" or "gelf-http" or "seq" or "lumberjack" or Hints.UploadListener or Hints.FileListener;
        if (origin.Listener == "seq") Told = "seq"u8.ToArray(); // Its events have one form.
        else if (Trusted && !Upload && origin.Listener is not (Hints.FileListener or "lumberjack"))
        {
            // type-dataset-namespace, as data streams are named.
            var parts = origin.Hint.Split('-');
            Told = Encoding.UTF8.GetBytes(parts.Length == 3 ? parts[1] : origin.Hint);
        }
        // A host named nginx1 says nothing of what a file holds.
        var told = Format ?? (Syslog ? "" : origin.Listener == Hints.FileListener ? origin.Peer : origin.Peer + " " + origin.Hint);
        WebServer = told.Contains("nginx", StringComparison.OrdinalIgnoreCase) ? "nginx"
            : told.Contains("apache", StringComparison.OrdinalIgnoreCase) || told.Contains("httpd", StringComparison.OrdinalIgnoreCase) ? "apache" : null;
    }

    // Of GELF's two the long one is the message; Beats and most shippers say message, Fluent Bit's tail and Docker say log.
    static byte[][] CarriersOf(string listener) => listener switch
    {
        "hec" => [[.. "event"u8]],
        "otlp" => [[.. "body"u8], [.. "message"u8]],
        "loki" => [[.. "line"u8]],
        "journal" => [[.. "MESSAGE"u8]],
        "gelf-udp" or "gelf-tcp" or "gelf-http" => [[.. "full_message"u8], [.. "short_message"u8]],
        _ => [[.. "message"u8], [.. "log"u8]],
    };
}

/// <summary>What listeners tell the normaliser through <see cref="Origin.Hint"/>: it travels with the record, so a replay sees it too.</summary>
static class Hints
{
    public const string FileListener = "file";
    public const string UploadListener = "upload";
    public const string Oversized = "oversized";
    public const string CutOff = "cut-off";
    public const string Format = "format=";
    public const string Host = "host=";
    public const string Columns = "columns=";

    /// <summary>The hint of a file's records: what was told of it, parts parted by semicolons.</summary>
    public static string Of(string? format, string? host, string? more = null) =>
        string.Join(';', new[] { format is null ? null : Format + Plain(format), host is null ? null : Host + Plain(host), more }.OfType<string>());

    static string Plain(string part) => part.Replace(';', '-');
}
