using System.Globalization;
using System.Text;
using Andon.Model;

namespace Andon.Store.Records;

/// <summary>How far each reader is, one small file a reader. Never goes backwards.</summary>
internal sealed class Checkpoints : IDisposable
{
    const string Suffix = ".checkpoint";

    readonly SemaphoreSlim turn = new(1, 1);
    readonly Lock gate = new();
    readonly Dictionary<string, ulong> saved = [];
    readonly string folder;

    public Checkpoints(string folder, IFindings findings)
    {
        this.folder = folder;
        DurableFiles.MakeFolder(folder);
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Suffix))
        {
            var lines = File.ReadAllLines(path);
            if (lines.Length >= 2 && ulong.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var position)) saved[lines[1]] = position;
            else
                findings.Raise("records", new("REC006", "A reader's checkpoint cannot be read; the reader begins again at the oldest record.",
                    "Effects are keyed by record position, so nothing doubles; it only takes time.", path, FindingLevel.Warning));
        }
    }

    public ulong Of(string reader) { lock (gate) return saved.GetValueOrDefault(reader); }

    public ulong Highest { get { lock (gate) return saved.Count == 0 ? 0 : saved.Values.Max(); } }

    /// <summary>The place that every reader passed: saved ones, and those expected that never saved, which are at 0. Nothing is passed where no reader is known.</summary>
    public ulong Lowest(IReadOnlyList<string> expected)
    {
        lock (gate)
        {
            if (saved.Count == 0) return 0;
            var lowest = saved.Values.Min();
            foreach (var reader in expected) lowest = Math.Min(lowest, saved.GetValueOrDefault(reader));
            return lowest;
        }
    }

    public async ValueTask Save(string reader, ulong position, CancellationToken stop)
    {
        if (position <= Of(reader)) return;
        await turn.WaitAsync(stop);
        try
        {
            if (position <= Of(reader)) return;
            var content = string.Create(CultureInfo.InvariantCulture, $"{position}\n{reader}\n");
            DurableFiles.Replace(Path.Combine(folder, Uri.EscapeDataString(reader) + Suffix), Encoding.UTF8.GetBytes(content));
            lock (gate) saved[reader] = position;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
