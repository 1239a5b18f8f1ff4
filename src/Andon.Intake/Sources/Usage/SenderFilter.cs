using System.Text;
using System.Text.RegularExpressions;
using Andon.Model;

namespace Andon.Intake.Sources.Usage;

/// <summary>An event as a sender's filter sees it.</summary>
/// <param name="Text">What stands after the program's name.</param>
readonly record struct FilterSample(string Kind, string Program, string Channel, string Text);

/// <summary>
/// What tells one kind of event apart at its sender: the program with words that all events of the kind hold and no other; or the number
/// and channel of Windows events. Written in the languages of senders.
/// </summary>
sealed record SenderFilter(string Kind, string Program, string Channel, string Words)
{
    const int WordsMax = 8, LengthMin = 6, LengthMax = 120;
    public const int SamplesMin = 5;

    public bool Windows => Channel.Length > 0;

    public bool Drops(in FilterSample sample) => Windows
        ? sample.Channel == Channel && sample.Kind == Kind
        : sample.Program == Program && sample.Text.Contains(Words, StringComparison.Ordinal);

    /// <summary>The filter for a kind, or null where nothing tells it apart.</summary>
    public static SenderFilter? Find(string kind, IReadOnlyList<FilterSample> samples)
    {
        var mine = samples.Where(s => s.Kind == kind).ToList();
        if (mine.Count < SamplesMin) return null;
        if (mine[0].Channel.Length > 0) return mine.TrueForAll(s => s.Channel == mine[0].Channel) && IsChannel(mine[0].Channel) && kind.Length > 0 && kind.All(char.IsAsciiDigit) ? new(kind, "", mine[0].Channel, "") : null;
        if (mine[0].Program.Length == 0 || !Plain(mine[0].Program) || mine.Exists(s => s.Program != mine[0].Program)) return null;
        var others = samples.Where(s => s.Kind != kind && s.Program == mine[0].Program).ToList();
        foreach (var words in Runs(mine[0].Text))
            if (mine.TrueForAll(s => s.Text.Contains(words, StringComparison.Ordinal)) && !others.Exists(s => s.Text.Contains(words, StringComparison.Ordinal))) return new(kind, mine[0].Program, "", words);
        return null;
    }

    // Neighbouring words without anything that a filter language could read as more than itself; the longest first, for they say most.
    static IEnumerable<string> Runs(string text)
    {
        var words = text.Split(' ');
        for (var count = Math.Min(WordsMax, words.Length); count > 0; count--)
            for (var from = 0; from + count <= words.Length; from++)
            {
                var run = string.Join(' ', words, from, count);
                if (run.Length is >= LengthMin and <= LengthMax && Plain(run)) yield return run;
            }
    }

    // An event may name any channel: one that a language of a sender could read as more than a name gets no filter.
    static bool IsChannel(string channel) => channel.Length <= LengthMax && char.IsAsciiLetterOrDigit(channel[0]) && char.IsAsciiLetterOrDigit(channel[^1]) && channel.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '-' or '/' or '.');

    static bool Plain(string text) => text.All(c => char.IsAsciiLetter(c) || c is ' ' or '_' or '-' or ':' or ',' or '/' or '=');

    /// <summary>Those that, read as their own program reads them, drop each of these samples of the kind and no other.</summary>
    public IReadOnlyList<FilterSnippet> Snippets(IReadOnlyList<FilterSample> samples) =>
        [.. Snippets().Where(s => samples.All(e => s.Drops(e) == (e.Kind == Kind)))];

    internal IReadOnlyList<FilterSnippet> Snippets()
    {
        var label = "andon_" + Regex.Replace(Kind.ToLowerInvariant(), "[^a-z0-9]+", "_", RegexOptions.NonBacktracking);
        if (Windows)
            return
            [
                new("winlogbeat", $"""
                    # where this log has an event_id already, put -{Kind} behind what stands there
                    winlogbeat.event_logs:
                      - name: {Channel}
                        event_id: "-{Kind}"
                    """, OfWindows),
                new("windows-subscription", $"""
                    <QueryList>
                      <Query Id="0">
                        <Select Path="{Channel}">*</Select>
                        <Suppress Path="{Channel}">*[System[(EventID={Kind})]]</Suppress>
                      </Query>
                    </QueryList>
                    """, OfWindows),
                // Its grep compares texts only, and a number of an event is none: the log itself is asked for the others.
                new("fluent-bit", $"""
                    # an input for this channel alone: the query is put to all channels of its input
                    [INPUT]
                        Name         winevtlog
                        Channels     {Channel}
                        Event_Query  *[System[(EventID!={Kind})]]
                    """, OfWindows),
                new("vector", $"""
                    [transforms.{label}]
                    type = "filter"
                    inputs = ["YOUR_SOURCE"]
                    condition = '!((to_string(.winlog.event_id) ?? "") == "{Kind}" && .winlog.channel == "{Channel}")'
                    """, OfWindows),
            ];
        var snippets = new List<FilterSnippet>
        {
            new("rsyslog", $"if $programname == \"{Program}\" and $msg contains \"{Words}\" then stop\n", OfWords),
            new("syslog-ng", $"filter f_{label} {{ not (program(\"{Program}\" type(string)) and message(\"{Words}\" type(string) flags(substring))); }};\n# name it in the log path: log {{ source(…); filter(f_{label}); destination(…); }};\n", OfWords),
            new("fluent-bit", $"""
                [FILTER]
                    Name       grep
                    Match      *
                    Logical_Op and
                    Exclude    ident ^{Regex.Escape(Program)}$
                    Exclude    message {Regex.Escape(Words)}
                """, e => Matches(e.Program, $"^{Regex.Escape(Program)}$") && Matches(e.Text, Regex.Escape(Words))),
            new("vector", $"""
                [transforms.{label}]
                type = "filter"
                inputs = ["YOUR_SOURCE"]
                condition = '!(.appname == "{Program}" && contains((string(.message) ?? ""), "{Words}"))'
                """, OfWords),
        };
        if (Program is "audit" or "auditd" && Regex.Match(Words, "type=(?<type>[A-Z_]+)", RegexOptions.NonBacktracking) is { Success: true } type)
        {
            // The kernel leaves out all of a type, whatever else the words say.
            var name = type.Groups["type"].Value;
            snippets.Insert(0, new("auditd", $"-a always,exclude -F msgtype={name}\n", e => e.Program is "audit" or "auditd" && Regex.IsMatch(e.Text, $@"\btype={name}\b", RegexOptions.NonBacktracking)));
        }
        return snippets;
    }

    bool OfWindows(FilterSample sample) => sample.Kind == Kind && sample.Channel == Channel;

    bool OfWords(FilterSample sample) => sample.Program == Program && sample.Text.Contains(Words, StringComparison.Ordinal);

    static bool Matches(string text, string pattern) => Regex.IsMatch(text, pattern, RegexOptions.NonBacktracking);
}

/// <summary>A filter in one sender's language.</summary>
/// <param name="Program"><c>rsyslog</c>, <c>syslog-ng</c>, <c>fluent-bit</c>, <c>vector</c>, <c>winlogbeat</c>, <c>windows-subscription</c>, <c>auditd</c>.</param>
public sealed record FilterSnippet(string Program, string Text)
{
    internal FilterSnippet(string program, string text, Func<FilterSample, bool> drops) : this(program, text) => Drops = drops;

    /// <summary>What that program would drop.</summary>
    internal Func<FilterSample, bool> Drops { get; } = static _ => false;
}
