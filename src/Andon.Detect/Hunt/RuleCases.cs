using System.Text;
using Andon.Detect.Correlate;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Stage;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>
/// Cases beside a rule: <c>NAME.cases</c> next to <c>NAME.yml</c>, a record a line: <c>+ record</c> must match a document of that file,
/// <c>- record</c> must not. For a correlation the records of the whole file are one stream: it must fire at the <c>+</c> lines and
/// only there. <c>! +</c> and <c>! -</c> say that nothing follows: windows still open are decided, and one of them must fire or none
/// may; the next record begins another stream. Blank lines and lines with <c>#</c> are left out; <c>= dataset hint</c> sets where the
/// records seem to come from.
/// </summary>
static class RuleCases
{
    // Arrival of every case: late enough that no record looks as if its clock were ahead.
    static readonly long ArrivalMs = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static IEnumerable<Finding> Check(RuleSet set, string path, Func<IReadOnlyList<Record>, EventBatch> normalise)
    {
        var files = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.cases", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            : Path.ChangeExtension(path, ".cases") is var beside && File.Exists(beside) && RuleFiles.IsYaml(path) ? [beside] : (IEnumerable<string>)[];
        foreach (var file in files)
        {
            var rule = Path.GetFileNameWithoutExtension(file);
            foreach (var finding in One(set, rule, file, File.ReadAllLines(file), normalise)) yield return finding;
        }
    }

    public static IEnumerable<Finding> One(RuleSet set, string rule, string place, IReadOnlyList<string> lines, Func<IReadOnlyList<Record>, EventBatch> normalise)
    {
        bool Mine(Sigma.Ast.Header header) => Path.GetFileNameWithoutExtension(header.File) == rule;
        var rules = set.Rules.Where(r => Mine(r.Header)).Select(r => r.Header.RuleId).ToHashSet();
        var correlations = set.Correlations.Where(c => Mine(c.Header)).Select(c => c.Header.RuleId).ToHashSet();
        if (rules.Count + correlations.Count == 0)
        {
            yield return new("SIG130", $"There are cases for '{rule}', and no loaded rule in a file of that name.", "Name the cases as the rule's file.", place);
            yield break;
        }
        var wanted = correlations.Count > 0 ? correlations : rules;
        var active = new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production);
        var step = new MatchStep(active, new Correlator(set));
        var origin = new Origin("file", place);
        int positive = 0, negative = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.StartsWith("= ", StringComparison.Ordinal)) { origin = new("file", place, line[2..].Trim()); continue; }
            var end = line.TrimEnd() is "! +" or "! -";
            if (!end && (line.Length < 3 || line[0] is not ('+' or '-') || line[1] != ' '))
            {
                yield return new("SIG131", "A case begins with '+ ' or '- ', then the record; '! +' or '! -' ends a stream.", "Write '# ' before a remark.", $"{place}:{i + 1}");
                continue;
            }
            var must = line[end ? 2 : 0] == '+';
            if (must) positive++; else negative++;
            if (end)
            {
                var fired = step.End(ArrivalMs).Where(h => wanted.Contains(h.RuleId)).ToList();
                step = new(active, new Correlator(set));
                if (must && fired.Count == 0) yield return new("SIG132", $"'{rule}' does not fire when this stream ends, and should.", "Mend the rule or the case.", $"{place}:{i + 1}");
                if (!must && fired.Count > 0) yield return new("SIG133", $"'{fired[0].Title}' fires when this stream ends, and should not.", "Mend the rule or the case.", $"{place}:{i + 1}");
                continue;
            }
            var position = (ulong)i + 1;
            using var batch = normalise([new(position, ArrivalMs, origin, Encoding.UTF8.GetBytes(line[2..]))]).Seal();
            batch.From = position;
            batch.To = position + 1;
            var hits = step.Run(batch, position, ArrivalMs).SelectMany(b => b.Hits).Where(h => wanted.Contains(h.RuleId)).ToList();
            if (must && hits.Count == 0) yield return new("SIG132", $"'{rule}' does not match this case, and should.", "Mend the rule or the case.", $"{place}:{i + 1}");
            if (!must && hits.Count > 0) yield return new("SIG133", $"'{hits[0].Title}' matches this case, and should not.", "Mend the rule or the case.", $"{place}:{i + 1}");
        }
        if (positive == 0 || negative == 0) yield return new("SIG134", $"The cases of '{rule}' have no {(positive == 0 ? "record that must match" : "record that must not match")}.", "Add one.", place, FindingLevel.Warning);
    }
}
