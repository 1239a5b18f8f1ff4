using System.Text;
using Andon.Intake.Sources.Silence;
using Andon.Intake.Sources.Usage;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Intake.Sources;

sealed partial class Catalogue
{
    // What must never come is kept like all else, and told.
    void Broken(EventView view, Source source, SourceContract contract)
    {
        if (contract.NeverEvents.Count > 0)
        {
            var kind = SourceUsage.KindOf(view);
            foreach (var never in contract.NeverEvents)
                if (Same(kind, never)) source.Never(never, view.Head.ReceivedMs, view.Id);
        }
        foreach (var never in contract.NeverFields)
            if (FieldNames.TryFind(Encoding.UTF8.GetBytes(never), out var field) && view.Find(field) >= 0) source.Never(never, view.Head.ReceivedMs, view.Id);
    }

    static bool Same(ReadOnlySpan<byte> utf8, string text) => utf8.Length == text.Length && Encoding.UTF8.GetString(utf8) == text;

    /// <summary>What of its contract a source does not keep now. The caller holds <see cref="Gate"/>.</summary>
    public static (IReadOnlyList<string> Missing, IReadOnlyList<NeverSeen> Never) Breaches(Source source, long nowMs) =>
        source.Contract is { } contract ? Breaches(source, contract, nowMs) : ([], []);

    /// <summary>The same of a contract that is not agreed yet: what never came under the present one is known, what else came is not.</summary>
    public static (IReadOnlyList<string> Missing, IReadOnlyList<NeverSeen> Never) Breaches(Source source, SourceContract contract, long nowMs)
    {
        var since = nowMs - contract.WithinHours * Calendar.HourMs;
        var missing = new List<string>();
        // A source of yesterday has not had its time yet.
        if (source.FirstMs <= since)
        {
            missing.AddRange(contract.MustEvents.Where(must => source.Usage.Find(must) is not { } use || use.LastMs < since));
            missing.AddRange(contract.MustFields.Where(must => !source.Usage.Kinds.Any(k => k.Use.LastMs >= since && k.Use.Fields.ContainsKey(must))));
        }
        return (missing, [.. Forbidden(source, contract, since)]);
    }

    // Kinds of events are counted anyway, so a new NEVER need not wait for the next one.
    static IEnumerable<NeverSeen> Forbidden(Source source, SourceContract contract, long since)
    {
        foreach (var seen in source.NeverCame)
            if (seen.LastMs >= since && (contract.NeverEvents.Contains(seen.What) || contract.NeverFields.Contains(seen.What))) yield return seen;
        foreach (var kind in contract.NeverEvents)
            if (!source.NeverCame.Exists(n => n.What == kind) && source.Usage.Find(kind) is { } use && use.LastMs >= since)
                yield return new() { What = kind, FirstMs = use.FirstMs, LastMs = use.LastMs, Count = use.Events, Example = new EventId(use.Example).ToString() };
    }

    void Contracts(List<FactDraft> drafts, long nowMs)
    {
        foreach (var source in byId.Values)
        {
            if (source.Contract is not { } contract) continue;
            var subject = Voice.KeyOf(SilenceScope.Source, source.Id);
            var (missing, never) = Breaches(source, nowMs);
            // A source that is silent altogether is told as that.
            if (source.Voice is not { Told: not null })
            {
                if (missing.Count > 0)
                    Raise(drafts, subject, SourceAilment.MustMissing, nowMs, $"{NameOf(source.Id)}: {Words(SourceAilment.MustMissing)}", $"Its contract says that these come within {contract.WithinHours} h, and they did not: {string.Join(", ", missing.Take(10))}.", [source.Id], [source.Host], nowMs);
                else End(drafts, subject, SourceAilment.MustMissing, nowMs, "All that must come came.", nowMs);
            }
            if (never.Count > 0)
                Raise(drafts, subject, SourceAilment.NeverArrived, never.Min(n => n.FirstMs), $"{NameOf(source.Id)}: {Words(SourceAilment.NeverArrived)}", $"Its contract says that these never come, and they did: {string.Join(", ", never.Take(10).Select(n => $"{n.What} ({n.Count}, last event {n.Example})"))}. They are kept.", [source.Id], [source.Host], nowMs);
            else End(drafts, subject, SourceAilment.NeverArrived, nowMs, $"For {contract.WithinHours} h none of it came.", nowMs);
        }
    }
}

/// <summary>Something that a contract forbids and that came.</summary>
sealed class NeverSeen
{
    public required string What { get; init; }
    public required long FirstMs { get; init; }
    public long LastMs { get; set; }
    public long Count { get; set; }
    /// <summary>The last event that held it.</summary>
    public string Example { get; set; } = "";
}
