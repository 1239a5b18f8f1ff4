using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Records;

namespace Andon.Tests.Power.Cut;

/// <summary>
/// Starts the program on what a cut left, by itself, and holds it against what was promised: every acknowledged event once, every answered
/// change standing, nothing that nobody sent, torn bytes named; and it goes on taking records.
/// </summary>
sealed partial class CutCheck(CutBook book, CutReport report, bool engine)
{
    const int After = 20, NumbersAPage = 5000;

    [GeneratedRegex(@"cut-(\d{8})-")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^(\d+) bytes of a write that never ended")]
    private static partial Regex Torn();

    /// <summary>What now stands on that disk, which later cuts owe too.</summary>
    public List<(int, string)> Standing { get; } = [];

    public async Task Run(CutHouse house, string label, IReadOnlyList<(int Number, string Door)> promised, IReadOnlyList<(string Path, string Mark)> answered, IReadOnlyDictionary<string, string>? watch)
    {
        report.Cuts++;
        report.Acknowledged += promised.Count;
        report.Facts += answered.Count;
        await house.Start(watch);
        List<int> found = [];
        using (var person = await house.Person())
        {
            await TakesMore(house, label);
            await Stands(person, answered, label);
            await FileRead(house, promised);
            if (engine) found = await Searched(house, person, promised);
        }
        await house.Kill();
        var records = await Records(house.Data);
        Compare("in the record log", label, records, promised);
        if (engine) Compare("by searching", label, found, promised);
        await Findings(house.Data, label);
    }

    async Task TakesMore(CutHouse house, string label)
    {
        using var client = house.Sender();
        var first = book.Take(After);
        using var body = new StringContent(string.Concat(Enumerable.Range(first, After).Select(n => $"{{\"event\":\"{CutBook.Line(n)}\"}}")));
        using var answer = await client.PostAsync("/services/collector/event", body);
        if (!answer.IsSuccessStatusCode) report.Wrong.Add($"{label}: it takes no more records: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        else Standing.AddRange(Enumerable.Range(first, After).Select(n => (n, "after")));
    }

    async Task Stands(HttpClient person, IReadOnlyList<(string Path, string Mark)> answered, string label)
    {
        foreach (var path in answered.GroupBy(a => a.Path))
        {
            var text = await person.GetStringAsync(path.Key);
            foreach (var (_, mark) in path)
                if (!text.Contains(mark, StringComparison.Ordinal))
                {
                    report.LostFacts++;
                    report.Wrong.Add($"{label}: {path.Key} no longer knows {mark}");
                }
        }
    }

    // What stands in the followed file is read by and by.
    static async Task FileRead(CutHouse house, IReadOnlyList<(int Number, string Door)> promised)
    {
        if (!promised.Any(p => p.Door == "file")) return;
        var size = new FileInfo(house.Followed).Length;
        var marks = Path.Combine(house.Data, "files.json");
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(20); await Task.Delay(50))
        {
            try
            {
                if (File.Exists(marks) && JsonNode.Parse(await File.ReadAllTextAsync(marks))?[house.Followed]?["Offset"]?.GetValue<long>() == size) return;
            }
            catch (Exception e) when (e is IOException or System.Text.Json.JsonException) { } // It is just being replaced.
        }
    }

    async Task<List<int>> Searched(CutHouse house, HttpClient person, IReadOnlyList<(int Number, string Door)> promised)
    {
        var owed = promised.Concat(Standing.Select(s => (s.Item1, s.Item2))).Select(p => p.Item1).ToHashSet();
        var found = new List<int>();
        // A reading anew that was cut goes on by itself.
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(100))
            if ((string?)JsonNode.Parse(await person.GetStringAsync("/api/keep/reparse"))!["state"] == "idle") break;
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(400))
        {
            found.Clear();
            for (var from = 0; from < book.Sent; from += NumbersAPage)
            {
                var rows = await house.Search(person, $"Events | extend n = toint(extract('cut-([0-9]{{8}})-', 1, event.original)) | where n >= {from} and n < {from + NumbersAPage} | summarize c = count() by n | project n, c");
                foreach (var row in rows)
                    for (var i = 0; i < (int)row![1]!.GetValue<double>(); i++) found.Add((int)row[0]!.GetValue<double>());
            }
            // What is on disk reaches the table by and by.
            if (owed.IsSubsetOf(found) || watch.Elapsed > TimeSpan.FromSeconds(20)) return found;
        }
    }

    void Compare(string where, string label, List<int> found, IReadOnlyList<(int Number, string Door)> promised)
    {
        var counts = found.GroupBy(n => n).ToDictionary(g => g.Key, g => g.Count());
        var doors = promised.ToLookup(p => p.Number, p => p.Door);
        var lost = promised.Concat(Standing).Where(p => !counts.ContainsKey(p.Item1)).ToList();
        report.Lost += lost.Count;
        if (lost.Count > 0) report.Wrong.Add($"{label}: {lost.Count} acknowledged events are not there {where}: {string.Join(' ', lost.Take(10).Select(l => $"{l.Item1}/{l.Item2}"))}");
        // The file is read from its last mark on disk: again, rather than not at all.
        var twice = counts.Where(c => c.Value > 1).ToList();
        var again = twice.Where(c => files.Contains(c.Key)).ToList();
        report.ReadAgain += again.Sum(c => c.Value - 1);
        report.Doubled += twice.Count - again.Count;
        if (twice.Count > again.Count) report.Wrong.Add($"{label}: {twice.Count - again.Count} events are there more than once {where}: {string.Join(' ', twice.Except(again).Take(10).Select(l => $"{l.Key}/{string.Join('/', doors[l.Key])}"))}");
        var unsent = counts.Keys.Count(n => n >= book.Sent);
        report.Unsent += unsent;
        if (unsent > 0) report.Wrong.Add($"{label}: {unsent} events that nobody sent are there {where}");
    }

    readonly HashSet<int> files = [];

    async Task<List<int>> Records(string data)
    {
        var all = new List<int>();
        await using var log = DiskRecordLog.Open(Path.Combine(data, "records"), new RecordLogOptions(), new FindingList(), TimeProvider.System);
        for (var at = log.First; at < log.Next;)
        {
            var page = await log.Read(at, 10_000, 16 << 20, CancellationToken.None);
            if (page.Count == 0) break;
            foreach (var record in page)
                foreach (Match match in Mark().Matches(Encoding.UTF8.GetString(record.Raw.Span)))
                {
                    var number = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                    all.Add(number);
                    if (record.Origin.Listener == "file") files.Add(number);
                }
            at = page[^1].Position + 1;
        }
        return all;
    }

    async Task Findings(string data, string label)
    {
        await using var log = SqliteFactLog.Open(data, new FindingList(), TimeProvider.System);
        if (log.Verify() is { } fault) report.Wrong.Add($"{label}: the chain of facts is broken: {fault.Why}");
        for (var at = 0L; ;)
        {
            var facts = await log.Read(at, 1000, CancellationToken.None);
            if (facts.Count == 0) break;
            at = facts[^1].Seq;
            foreach (var raised in facts.Select(f => f.Body).OfType<FindingRaised>())
            {
                var finding = raised.Finding;
                if (finding.Level == FindingLevel.Note || !seenFindings.Add($"{finding.Code} {finding.Message}")) continue;
                report.Findings[finding.Code] = report.Findings.GetValueOrDefault(finding.Code) + 1;
                if (finding.Code == "REC001" && Torn().Match(finding.Message) is { Success: true } torn)
                {
                    report.TornTails++;
                    report.TornBytes += long.Parse(torn.Groups[1].Value, CultureInfo.InvariantCulture);
                    if (finding.Place.Length == 0) report.Wrong.Add($"{label}: torn bytes without a place");
                }
                if (finding.Code is "REC008") report.Wrong.Add($"{label}: {finding.Code} {finding.Message}");
            }
        }
    }

    readonly HashSet<string> seenFindings = [];
}
