using System.Globalization;
using Andon.Detect.Correlate;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Tests.Detect;

/// <summary>
/// Runs timelines, which say in text what a correlation must do with which events. The head of Cases/timelines.txt tells how to write
/// one; the examples of docs/reference/correlations.md are written the same way.
/// </summary>
sealed class CorrelationTimelines
{
    static readonly string[] Rules = [.. "abcd".Select(n => $"title: {n}\nname: {n}\nlevel: low\nlogsource: {{ product: test }}\ndetection: {{ s: {{ r: {n} }}, condition: s }}\n")];

    readonly List<string> correlations = [];
    readonly List<Hit> log = [];
    readonly List<Finding> said = [];
    CorrelatorOptions options = new();
    Correlator? correlator;
    RuleSet set = RuleSet.Empty;
    ulong number;
    long seconds;
    Hit? last;
    string what = "";

    public int Count { get; private set; }
    public List<string> Wrong { get; } = [];

    static string Yaml(string name, string body) => $"title: {name}\nname: {name}\nlevel: high\n{(body.Contains("fields:", StringComparison.Ordinal) ? "fields: [v]\n" : "")}correlation: {body.Replace("fields:", "", StringComparison.Ordinal)}\n";

    public CorrelationTimelines Run(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.StartsWith("? ", StringComparison.Ordinal)) Begin(line[2..]);
            else if (line.StartsWith("& ", StringComparison.Ordinal)) Add(line[2..]);
            else Step(line);
        }
        return this;
    }

    void Begin(string body)
    {
        Count++;
        what = body;
        correlations.Clear();
        log.Clear();
        said.Clear();
        (options, number, seconds, last, correlator) = (new(), 0, 0, null, null);
        correlations.Add(Yaml("C", body));
    }

    void Add(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        correlations.Add(Yaml(text[..space], text[(space + 1)..]));
    }

    Correlator Correlator
    {
        get
        {
            if (correlator is not null) return correlator;
            set = Events.Set([.. Rules, .. correlations]);
            if (set.Correlations.Count != correlations.Count) throw new InvalidDataException(what + "\n" + string.Join('\n', set.Findings));
            return correlator = new(set, null, options);
        }
    }

    void Step(string line)
    {
        var parts = line.Split(" !");
        var words = parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var fired = new List<Firing>();
        switch (words[0])
        {
            case "with": With(words); return;
            case "counts": Counts(line, words); return;
            case "says": Says(line, words); return;
            case "tick": Correlator.Advance(Ms(words[1]), fired); break;
            case "clock": Correlator.Tick(Ms(words[1]), fired); break;
            case "end": Correlator.End(fired); break;
            case "restart":
                correlator = null;
                foreach (var hit in log) Correlator.Recall(hit);
                break;
            case "reload":
                said.AddRange(Correlator.Drain());
                correlations[0] = Yaml("C", line[7..]);
                set = Events.Set([.. Rules, .. correlations]);
                if (set.Correlations.Count != correlations.Count) throw new InvalidDataException(line + "\n" + string.Join('\n', set.Findings));
                correlator = new(set, Correlator);
                return;
            case "backfill": fired.AddRange(Backfill.Run(set, log, options)); break;
            case "^": Correlator.Take(last!, fired); break;
            default: Hit(words, fired); break;
        }
        // Queue and clock of the log do not matter here, the order does.
        log.AddRange(fired.Select(f => f.AsHit(nowMs: last?.DetectedMs ?? 0)));
        Compare(line, parts.Skip(1).Select(p => p.Trim()).ToList(), fired);
    }

    void Hit(string[] words, List<Firing> fired)
    {
        // "=" is the same event again, matched by another rule.
        if (words[0] != "=") { seconds = Ms(words[0]); number++; }
        var fields = words.Skip(2).Where(w => w.Contains('=', StringComparison.Ordinal)).Select(w => w.Split('=', 2)).ToDictionary(w => w[0], w => w[1]);
        var source = words.FirstOrDefault(w => w[0] == '@')?[1..] ?? "s";
        var detected = fields.Remove("at", out var at) ? Ms(at) : last?.DetectedMs ?? 0;
        last = new(EventId.At(number, 0), seconds, detected, words[1], words[1], "", Level.Low, RuleQueue.Input, [], source, [new(EntityKind.Host, source)], fields, []);
        log.Add(last);
        Correlator.Take(last, fired);
    }

    void With(string[] words)
    {
        foreach (var word in words.Skip(1))
        {
            var value = word.Split('=');
            options = value[0] switch
            {
                "wall" => options with { Wall = true },
                "groups" => options with { GroupsMax = int.Parse(value[1], CultureInfo.InvariantCulture) },
                "bytes" => options with { BytesMax = int.Parse(value[1], CultureInfo.InvariantCulture) },
                "lateness" => options with { LatenessMs = Ms(value[1]) },
                _ => throw new InvalidDataException(word),
            };
        }
    }

    void Counts(string line, string[] words)
    {
        var look = Correlator.Look("C", 5)!;
        foreach (var word in words.Skip(1).Select(w => w.Split('=')))
        {
            var is_ = word[0] switch { "missing" => look.Missing, "late" => look.Late, "evicted" => look.Evicted, "cut" => look.Cut, "shortened" => look.Shortened, "notnumbers" => look.NotNumbers, "groups" => look.Groups, "samples" => look.Samples.Count, _ => -1 };
            if (is_ != long.Parse(word[1], CultureInfo.InvariantCulture)) Wrong.Add($"{what}\n  {line}: {word[0]} is {is_}");
        }
    }

    void Says(string line, string[] words)
    {
        said.AddRange(Correlator.Drain());
        var codes = said.Select(f => f.Code).Distinct().Order().ToList();
        if (!codes.SequenceEqual(words.Skip(1).Where(w => w != "nothing").Order())) Wrong.Add($"{what}\n  {line}: said {string.Join(' ', codes)}");
        said.Clear();
    }

    void Compare(string line, List<string> expected, List<Firing> fired)
    {
        var ok = expected.Count == fired.Count;
        for (var i = 0; ok && i < fired.Count; i++) ok = Is(fired[i], expected[i].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (!ok) Wrong.Add($"{what}\n  {line}: fired [{string.Join(" | ", fired.Select(f => $"{f.Document.Header.Name} {Text(f.Value)} first={f.FirstMs / 1000} last={f.TimeMs / 1000} events={f.Contributing.Count} {string.Join(' ', f.AsHit().Fields.Where(x => !x.Key.StartsWith("corr", StringComparison.Ordinal)).Select(x => $"{x.Key}={x.Value}"))}"))}]");
    }

    bool Is(Firing firing, string[] words)
    {
        var at = char.IsLetter(words[0][0]) ? 1 : 0;
        if (firing.Document.Header.Name != (at == 1 ? words[0] : "C") || words[at] != Text(firing.Value)) return false;
        var fields = firing.AsHit().Fields;
        return words.Skip(at + 1).All(word =>
        {
            var value = word.Split('=', 2);
            return value[0] switch
            {
                "first" => firing.FirstMs == Ms(value[1]),
                "last" => firing.TimeMs == Ms(value[1]),
                "events" => firing.Contributing.Count == int.Parse(value[1], CultureInfo.InvariantCulture),
                "sources" => firing.Entities.Count == int.Parse(value[1], CultureInfo.InvariantCulture),
                "unproven" => !firing.OrderProven,
                "proven" => firing.OrderProven,
                _ => fields.GetValueOrDefault(value[0], "-") == value[1],
            };
        });
    }

    static long Ms(string seconds) => (long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * 1000);
    static string Text(double value) => Math.Round(value, 6).ToString("R", CultureInfo.InvariantCulture);
}
