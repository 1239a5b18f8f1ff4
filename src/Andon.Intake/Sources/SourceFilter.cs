using Andon.Intake.Sources.Silence;
using Andon.Model;

namespace Andon.Intake.Sources;

/// <summary>A source with what must be looked up once for all of them.</summary>
readonly record struct SourceRow(Source Source, IReadOnlyList<SourceAilment> Ailments, bool Maintained, string Naming)
{
    /// <summary>
    /// How badly it does, 0 is worst: grave alarms, other alarms, one in twenty records not read, people at work on it, some findings, well.
    /// The console has the words for it (<c>rooms/sources/health.ts</c>).
    /// </summary>
    public int Rank =>
        Maintained ? 3
        : Ailments.Any(IsGrave) ? 0
        : Ailments.Count > 0 ? 1
        : Unread ? 2
        : Source.Findings.Count > 0 ? 4 : 5;

    public bool Unread => Source.Events > 0 && Source.ParseFailures > 0.05 * Source.Events;

    static bool IsGrave(SourceAilment ailment) => ailment
        is SourceAilment.Silent or SourceAilment.SequenceGap or SourceAilment.ParseFailures or SourceAilment.FormatChanged or SourceAilment.MustMissing or SourceAilment.NeverArrived or SourceAilment.ForeignPeer;
}

/// <summary>What sources are looked for; an empty part asks nothing.</summary>
/// <param name="Words">Each must stand somewhere in its name, id, owner, unit, tags or relay, in any case of letters.</param>
/// <param name="Health">An ailment by its name, or <c>ailing</c> (any alarm stands), <c>maintenance</c>, <c>well</c>.</param>
/// <param name="Has">A key of <see cref="Haves"/>.</param>
sealed record SourceFilter(string Words, string Health, string Group, string Tag, string Dataset, string Owner, string Unit, string Has)
{
    public const string Nobody = "(nobody)", None = "(none)";
    const int WordsMax = 20;

    public static IReadOnlyList<string> Healths { get; } =
        ["ailing", "maintenance", "well", .. Enum.GetNames<SourceAilment>().Select(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName)];

    public static IReadOnlyDictionary<string, Func<SourceRow, long, bool>> Haves { get; } = new Dictionary<string, Func<SourceRow, long, bool>>(StringComparer.Ordinal)
    {
        ["unnamed"] = (r, _) => r.Naming == "INT060",
        ["naming"] = (r, _) => r.Naming is "INT061" or "INT062",
        ["unconfirmed"] = (r, _) => !r.Source.Card.Confirmed,
        ["contract"] = (r, _) => r.Source.Contract is not null,
        ["broken"] = (r, now) => Catalogue.Breaches(r.Source, now) is var (missing, never) && missing.Count + never.Count > 0,
        ["unread"] = (r, _) => r.Source.ParseFailures > 0,
        ["lost"] = (r, _) => r.Source.LostEvents > 0,
        ["filtered"] = (r, _) => r.Source.Card.Filtered.Length > 0,
        ["young"] = (r, now) => r.Source.Voice is { } voice && now - voice.Watch.Rhythm.FirstMs < 14 * Calendar.DayMs,
    };

    /// <summary>The words one by one: taken apart once for all sources.</summary>
    public string[] EachWord() => [.. Words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(WordsMax)];

    public bool Holds(SourceRow row, string[] words, long nowMs)
    {
        var (source, card) = (row.Source, row.Source.Card);
        return (Health.Length == 0 || Fares(row))
            && (Group.Length == 0 || SourceView.GroupsOf(source).Contains(Group, StringComparer.Ordinal))
            && (Tag.Length == 0 || card.Tags.Contains(Tag, StringComparer.Ordinal))
            && (Dataset.Length == 0 || source.Dataset == Dataset)
            && (Owner.Length == 0 || card.Owner == (Owner == Nobody ? "" : Owner))
            && (Unit.Length == 0 || card.Unit == (Unit == None ? "" : Unit))
            && (Has.Length == 0 || Haves[Has](row, nowMs))
            && Array.TrueForAll(words, w => Says(source, card, w));
    }

    bool Fares(SourceRow row) => Health switch
    {
        "ailing" => row.Ailments.Count > 0,
        "maintenance" => row.Maintained,
        "well" => row.Rank >= 4,
        // The list says "not understood" of it before an alarm does.
        "parseFailures" => row.Ailments.Contains(SourceAilment.ParseFailures) || row.Rank == 2,
        _ => Enum.TryParse<SourceAilment>(Health, ignoreCase: true, out var ailment) && row.Ailments.Contains(ailment),
    };

    static bool Says(Source source, SourceCard card, string word) =>
        Stands(card.Name, word) || Stands(source.Id, word) || Stands(card.Owner, word) || Stands(card.Unit, word) || Stands(source.Relay, word) || card.Tags.Any(t => Stands(t, word));

    static bool Stands(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What the list can be sorted by.</summary>
static class SourceOrder
{
    public static IReadOnlyList<string> Names { get; } = ["health", "name", "owner", "dataset", "groups", "rate", "events", "unread", "lost", "last"];

    public static Comparison<SourceRow> By(string sort, long nowMs) => sort switch
    {
        "name" => (a, b) => Text(NameOf(a.Source), NameOf(b.Source)),
        "owner" => (a, b) => Text(a.Source.Card.Owner, b.Source.Card.Owner),
        "dataset" => (a, b) => Text(a.Source.Dataset, b.Source.Dataset),
        "groups" => ByGroups(),
        "rate" => (a, b) => a.Source.LastFive(nowMs).CompareTo(b.Source.LastFive(nowMs)),
        "events" => (a, b) => a.Source.Events.CompareTo(b.Source.Events),
        "unread" => (a, b) => a.Source.ParseFailures.CompareTo(b.Source.ParseFailures),
        "lost" => (a, b) => a.Source.LostEvents.CompareTo(b.Source.LostEvents),
        "last" => (a, b) => a.Source.LastMs.CompareTo(b.Source.LastMs),
        _ => (a, b) => a.Rank.CompareTo(b.Rank),
    };

    // Put together once for each, not once for each comparison.
    static Comparison<SourceRow> ByGroups()
    {
        var known = new Dictionary<Source, string>();
        return (a, b) => Text(Of(a.Source), Of(b.Source));
        string Of(Source source) => known.TryGetValue(source, out var text) ? text : known[source] = GroupsOf(source);
    }

    static int Text(string a, string b) => string.Compare(a, b, StringComparison.OrdinalIgnoreCase);

    static string NameOf(Source source) => source.Card.Name.Length > 0 ? source.Card.Name : source.Id;

    static string GroupsOf(Source source) => string.Join(' ', SourceView.GroupsOf(source).Concat(source.Card.Tags));
}
