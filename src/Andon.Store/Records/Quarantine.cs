using System.Globalization;
using System.Text;
using Andon.Model;

namespace Andon.Store.Records;

/// <summary>
/// Records that stop a reader. The first times the reader starts again from its checkpoint; a record that stopped it
/// <see cref="StopsMax"/> times is copied aside with the reason, and the reader may pass over it. Counts survive a restart of the program.
/// </summary>
public sealed class Quarantine
{
    /// <summary>A record that stopped a reader so often is passed over.</summary>
    public const int StopsMax = 3;

    const string CountSuffix = ".stops";
    const string RawSuffix = ".raw";

    readonly Lock gate = new();
    readonly Dictionary<string, (ulong Position, int Stops)> counts = [];
    readonly HashSet<(string Reader, ulong Position)> aside = [];
    readonly string countFolder;
    readonly string folder;
    readonly IFindings findings;

    internal Quarantine(string countFolder, string folder, IFindings findings)
    {
        (this.countFolder, this.folder, this.findings) = (countFolder, folder, findings);
        DurableFiles.MakeFolder(countFolder);
        DurableFiles.MakeFolder(folder);
        foreach (var path in Directory.EnumerateFiles(countFolder, "*" + CountSuffix)) ReadCount(path);
        foreach (var path in Directory.EnumerateFiles(folder, "*" + RawSuffix)) ReadAside(Path.GetFileNameWithoutExtension(path));
    }

    /// <summary>True when the reader may pass over that record.</summary>
    public bool Skips(string reader, ulong position) { lock (gate) return aside.Contains((reader, position)); }

    /// <summary>
    /// A record stopped a reader. Durable on return; true when that was once too often: the record now lies in quarantine, with a finding.
    /// A reader works through records in order, so only the record that it stands before is counted.
    /// </summary>
    public bool Stopped(string reader, in Record record, Exception why)
    {
        lock (gate)
        {
            if (aside.Contains((reader, record.Position))) return true;
            var stops = counts.TryGetValue(reader, out var before) && before.Position == record.Position ? before.Stops + 1 : 1;
            if (stops < StopsMax)
            {
                counts[reader] = (record.Position, stops);
                Write(Path.Combine(countFolder, Uri.EscapeDataString(reader) + CountSuffix),
                    string.Create(CultureInfo.InvariantCulture, $"{record.Position} {stops}\n{reader}\n"));
                return false;
            }
            PutAside(reader, record, why);
        }
        findings.Raise(reader, new("REC005", $"Record {record.Position} stopped {reader} {StopsMax} times and was passed over: {why.GetType().Name}: {why.Message}",
            "The record and the stack lie in the quarantine folder. Send both to whoever keeps this program.", $"record:{record.Position}"));
        return true;
    }

    void PutAside(string reader, in Record record, Exception why)
    {
        var name = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(reader)}@{record.Position}"));
        Write(name + ".txt", string.Create(CultureInfo.InvariantCulture,
            $"reader: {reader}\nposition: {record.Position}\nreceived: {UnixMs.ToIso(record.ReceivedMs)}\nlistener: {record.Origin.Listener}\npeer: {record.Origin.Peer}\nhint: {record.Origin.Hint}\nreason: {why}\n"));
        DurableFiles.Replace(name + RawSuffix, record.Raw.Span); // Last, since its being there is what lets the reader pass.
        aside.Add((reader, record.Position));
        counts.Remove(reader);
    }

    static void Write(string path, string content) => DurableFiles.Replace(path, Encoding.UTF8.GetBytes(content));

    void ReadCount(string path)
    {
        var lines = File.ReadAllLines(path);
        var numbers = lines.Length < 2 ? [] : lines[0].Split(' ');
        if (numbers.Length == 2
            && ulong.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var stops))
            counts[lines[1]] = (position, stops);
    }

    void ReadAside(string name)
    {
        var at = name.LastIndexOf('@');
        if (at > 0 && ulong.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            aside.Add((Uri.UnescapeDataString(name[..at]), position));
    }
}
