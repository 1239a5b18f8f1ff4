namespace Andon.Intake.Sources;

/// <summary>A source as the console shows it.</summary>
public sealed record SourceView(
    string SourceId, string Name, string Owner, string Unit, string Listener, string Host, string Dataset,
    long FirstMs, long LastMs, long Events, long Bytes, long ParseFailures, int[] PerMinute, IReadOnlyList<SourceFinding> Findings)
{
    internal static SourceView Of(Source s, long nowMs) => new(
        s.Id, s.Name.Length > 0 ? s.Name : s.Id, s.Owner, s.Unit, s.Listener, s.Host, s.Dataset,
        s.FirstMs, s.LastMs, s.Events, s.Bytes, s.ParseFailures, s.Hour(nowMs),
        [.. s.Findings.OrderByDescending(f => f.Value).Select(f => new SourceFinding(f.Key, f.Value))]);
}

/// <summary>How often a source's records had that finding.</summary>
public sealed record SourceFinding(string Code, long Count);

/// <summary>All sources.</summary>
public sealed record SourceList(IReadOnlyList<SourceView> Sources);

/// <summary>One record of a source and what was made of it.</summary>
public sealed record SourceSample(string EventId, long TimeMs, string Raw, IReadOnlyDictionary<string, IReadOnlyList<string>> Fields, IReadOnlyList<string> Findings);

/// <summary>A source with its last records.</summary>
public sealed record SourceDetail(
    string SourceId, string Name, string Owner, string Unit, string Listener, string Host, string Dataset,
    long FirstMs, long LastMs, long Events, long Bytes, long ParseFailures, int[] PerMinute, IReadOnlyList<SourceFinding> Findings, IReadOnlyList<SourceSample> Samples);

/// <summary>Give a source a name and an owner.</summary>
public sealed record SourceOwnerAsk(string SourceId, string Name, string Owner, string Unit);
