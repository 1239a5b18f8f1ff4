using System.Text;

namespace Andon.Intake.Normalise.Language;

/// <summary>One way to tell that a record is a parser's: all that is stated must hold.</summary>
/// <param name="Programs">Any of these wrote the line; <c>name*</c> stands for every name that begins so.</param>
/// <param name="Prefixes">The message begins with one of these.</param>
/// <param name="Contains">One of these stands in the message.</param>
/// <param name="All">All of these stand in it.</param>
/// <param name="Json">Paths that the object has, with the values it may have there.</param>
sealed record Match(string[] Programs, byte[][] Prefixes, byte[][] Contains, byte[][] All, (string Path, byte[][]? Values)[] Json)
{
    /// <summary>Holds behind a header too, whatever program that names: <c>program: ["*"]</c>, for beginnings that are one product's own.</summary>
    public bool AnyProgram => Programs is ["*"];
    /// <summary>The structured data of its header begins with an element so called.</summary>
    public byte[][] Data { get; init; } = [];
    /// <summary>Bytes that surely stand in a message that holds.</summary>
    public int Told => Shortest(Prefixes) + Shortest(Contains) + All.Sum(t => t.Length);
    /// <summary>What begins a message says more than what stands somewhere in it.</summary>
    public int Weight => Told + (Prefixes.Length > 0 ? 4 : 0);

    static int Shortest(byte[][] texts) => texts.Length == 0 ? 0 : texts.Min(t => t.Length);

    public bool Holds(ReadOnlySpan<byte> message)
    {
        if (Prefixes.Length > 0)
        {
            var begins = false;
            foreach (var prefix in Prefixes) begins |= message.StartsWith(prefix);
            if (!begins) return false;
        }
        foreach (var text in All)
            if (message.IndexOf(text) < 0) return false;
        if (Contains.Length == 0) return true;
        foreach (var text in Contains)
            if (message.IndexOf(text) >= 0) return true;
        return false;
    }
}

/// <summary>Finds the parser of a record: by the name of its program, by how its message begins, by the paths of its object. What says most is asked first.</summary>
sealed class Dispatch
{
    readonly record struct Rule(Match Match, Parser Parser);

    readonly Dictionary<byte[], Rule[]> programs = new(FoldedNames.Instance);
    readonly List<(byte[] Beginning, Rule Rule)> beginnings = [];
    readonly List<(byte[] Id, Rule Rule)> elements = [];
    readonly Rule[][] messages = new Rule[256][], strangers = new Rule[256][], records = new Rule[256][];
    readonly bool anyRecords;
    readonly Dictionary<byte[], Parser> names = new(FoldedNames.Instance);
    readonly List<(Parser Parser, uint Whole, int Weight)> objects = [];

    public Dispatch(IReadOnlyList<Parser> parsers, KnownPaths paths)
    {
        var rules = parsers.SelectMany(p => p.Matches.Select(m => new Rule(m, p))).OrderBy(r => r.Parser.General).ThenByDescending(r => r.Match.Weight).ThenBy(r => r.Parser.Name, StringComparer.Ordinal).ToList();
        foreach (var parser in parsers)
            foreach (var name in parser.Told.Prepend(parser.Name)) told.TryAdd(Encoding.UTF8.GetBytes(name), parser);
        foreach (var parser in parsers) names[Encoding.UTF8.GetBytes(parser.Name)] = parser;
        foreach (var group in rules.SelectMany(r => r.Match.Programs.Where(p => !p.EndsWith('*')).Select(p => (Program: p, Rule: r))).GroupBy(p => p.Program, StringComparer.OrdinalIgnoreCase))
            programs[Encoding.UTF8.GetBytes(group.Key)] = [.. group.Select(g => g.Rule)];
        foreach (var rule in rules)
            foreach (var program in rule.Match.Programs.Where(p => p.Length > 1 && p.EndsWith('*'))) beginnings.Add((Encoding.UTF8.GetBytes(program[..^1]), rule));
        var content = rules.Where(r => (r.Match.Programs.Length == 0 || r.Match.AnyProgram) && r.Match.Json.Length == 0 && r.Match.Data.Length == 0 && r.Match.Weight > 0).ToList();
        foreach (var rule in rules.Where(r => r.Match.Programs.Length == 0))
            foreach (var id in rule.Match.Data) elements.Add((id, rule));
        for (var b = 0; b < 256; b++)
        {
            var first = content.Where(r => r.Match.Prefixes.Length == 0 || r.Match.Prefixes.Any(p => p.Length > 0 && p[0] == b)).ToList();
            messages[b] = [.. first.Where(r => !r.Parser.WholeRecord || r.Parser.AnyPlace)];
            // A parser that knows its programs by name does not take the lines of another: anyone may write "Accepted password".
            strangers[b] = [.. messages[b].Where(r => r.Match.AnyProgram || !r.Parser.Matches.Any(m => m.Programs.Length > 0))];
            // What reads either claims a record before its header only by how it begins.
            records[b] = [.. first.Where(r => r.Parser.WholeRecord && (!r.Parser.AnyPlace || r.Match.Prefixes.Length > 0))];
            anyRecords |= records[b].Length > 0;
        }
        foreach (var rule in rules.Where(r => r.Match.Json.Length > 0))
        {
            for (var i = 0; i < rule.Match.Json.Length; i++) paths.Get(rule.Match.Json[i].Path).Asks.Add(new(objects.Count, 1u << i, rule.Match.Json[i].Values));
            foreach (var (path, values) in rule.Match.Json)
                if (path == "sourcetype" && values is not null) envelopes.AddRange(values);
            objects.Add((rule.Parser, uint.MaxValue >> (32 - rule.Match.Json.Length), rule.Match.Json.Sum(j => j.Values is null ? 2 : 5) * (rule.Parser.General ? 1 : 100)));
        }
    }

    public int Objects => objects.Count;

    readonly List<byte[]> envelopes = [];

    /// <summary>Does a parser read the collector's envelope itself, since only its source type tells what is inside?</summary>
    public bool ReadsEnvelope(ReadOnlySpan<byte> sourcetype)
    {
        foreach (var named in envelopes)
            if (IsValue(sourcetype, named)) return true;
        return false;
    }

    readonly Dictionary<byte[], Parser> told = new(FoldedNames.Instance);

    /// <summary>The parser of records that a sender calls so: a dataset, a sourcetype.</summary>
    public Parser? Told(ReadOnlySpan<byte> name) => told.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var parser) ? parser : null;

    /// <summary>The parser of that name; names come from settings and from senders.</summary>
    public Parser? Named(ReadOnlySpan<byte> name) => names.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var parser) ? parser : null;

    public bool Knows(ReadOnlySpan<byte> format)
    {
        foreach (var (beginning, _) in beginnings)
            if (format.StartsWith(beginning)) return true;
        return Named(format) is not null || programs.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(format);
    }

    public Parser? OfProgram(ReadOnlySpan<byte> program, ReadOnlySpan<byte> message)
    {
        if (programs.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(program, out var rules))
            foreach (var rule in rules)
                if (rule.Match.Holds(message)) return rule.Parser;
        foreach (var (beginning, rule) in beginnings)
            if (program.Length >= beginning.Length && FoldedNames.Same(program[..beginning.Length], beginning) && rule.Match.Holds(message)) return rule.Parser;
        return null;
    }

    /// <summary>By the first element of the header's structured data: whose it is says more than the name of a program, which many products share.</summary>
    public Parser? OfData(ReadOnlySpan<byte> structured, ReadOnlySpan<byte> message)
    {
        if (structured.IsEmpty || structured[0] != '[') return null;
        foreach (var (id, rule) in elements)
            if (structured[1..].StartsWith(id) && rule.Match.Holds(message)) return rule.Parser;
        return null;
    }

    /// <summary>By how the message begins and what it holds; <paramref name="program"/> is whom its header names, if any.</summary>
    public Parser? OfMessage(ReadOnlySpan<byte> message, ReadOnlySpan<byte> program) => Of(program.IsEmpty ? messages : strangers, message);
    public Parser? OfRecord(ReadOnlySpan<byte> record) => anyRecords ? Of(records, record) : null;

    static Parser? Of(Rule[][] byFirst, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return null;
        foreach (var rule in byFirst[text[0]])
            if (rule.Match.Holds(text)) return rule.Parser;
        return null;
    }

    /// <summary>The parser whose paths all stand in the object, by what <see cref="Asked"/> noted of it.</summary>
    public Parser? OfObject(ReadOnlySpan<uint> hits)
    {
        Parser? best = null;
        var weight = 0;
        for (var i = 0; i < hits.Length; i++)
            if (hits[i] == objects[i].Whole && objects[i].Weight > weight) (best, weight) = (objects[i].Parser, objects[i].Weight);
        return best;
    }

    // "x*" is every value that begins so; case says nothing.
    static bool IsValue(ReadOnlySpan<byte> value, ReadOnlySpan<byte> wanted) =>
        wanted[^1] == '*' ? value.Length >= wanted.Length - 1 && FoldedNames.Same(value[..(wanted.Length - 1)], wanted[..^1]) : FoldedNames.Same(value, wanted);

    /// <summary>Notes that a path stands in the object.</summary>
    public static void Asked(List<PathAsk> asks, ReadOnlySpan<byte> value, Span<uint> hits)
    {
        foreach (var ask in asks)
        {
            if (ask.Values is { } wanted)
            {
                var found = false;
                foreach (var text in wanted) found |= IsValue(value, text);
                if (!found) continue;
            }
            hits[ask.Rule] |= ask.Bit;
        }
    }
}
