using System.Text;
using Andon.Intake.Normalise.Language;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>Runs a parser's cases: those in its text, which say some fields, and those in <c>NAME.cases</c> beside it, which say all.</summary>
static class CaseRun
{
    // Cases are read as on one day, so that a missing year is always the same.
    const long ReceivedMs = 1_772_438_400_000; // 2026-03-02T08:00:00Z

    public static IReadOnlyList<ParserCaseView> Of(Normaliser normaliser, Tables with, string parser, string? user)
    {
        var views = new List<ParserCaseView>();
        foreach (var one in with.Book.Cases.GetValueOrDefault(parser) ?? [])
        {
            var given = Fields(normaliser, with, new(Hints.FileListener, "case", Hints.Of(parser, host: null)), Encoding.UTF8.GetBytes(one.Raw));
            var wrong = one.Expected.Select(e => new ParserCaseDifference(e.Field, [.. e.Values.Where(v => v.Length > 0)], given.GetValueOrDefault(e.Field) ?? [])).Where(d => !d.Expected.SequenceEqual(d.Given, StringComparer.Ordinal)).ToList();
            views.Add(new(one.Place, one.Raw, wrong.Count == 0, wrong));
        }
        foreach (var folder in new[] { user, with.Folder })
            if (folder is not null && Path.Combine(folder, parser + ".cases") is var path && File.Exists(path))
            {
                views.AddRange(Beside(normaliser, with, parser, path));
                break;
            }
        return views;
    }

    static IEnumerable<ParserCaseView> Beside(Normaliser normaliser, Tables with, string parser, string path)
    {
        var origin = new Origin("syslog-udp", "10.9.8.7");
        var (raw, at, its, expected) = ("", 0, origin, new Dictionary<string, List<string>>(StringComparer.Ordinal));
        var number = 0;
        foreach (var line in File.ReadLines(path).Append(">"))
        {
            number++;
            if (line.StartsWith("# origin: ", StringComparison.Ordinal) && line["# origin: ".Length..].Split(' ') is { Length: > 1 } parts) origin = new(parts[0], parts[1], parts.Length > 2 ? parts[2] : "");
            else if (line.StartsWith("  ", StringComparison.Ordinal) && line.IndexOf(" = ", StringComparison.Ordinal) is > 2 and var cut)
            {
                if (!expected.TryGetValue(line[2..cut], out var list)) expected[line[2..cut]] = list = [];
                list.Add(line[(cut + 3)..]);
            }
            if (!line.StartsWith('>')) continue;
            if (at > 0) yield return Run(normaliser, with, parser, its, raw, $"{Path.GetFileName(path)}:{at}", expected);
            (raw, at, its) = (line, number, origin); // The next one may have come another way.
            expected.Clear();
        }
    }

    static ParserCaseView Run(Normaliser normaliser, Tables with, string parser, Origin origin, string line, string place, Dictionary<string, List<string>> expected)
    {
        var raw = line.StartsWith(">> ", StringComparison.Ordinal) ? Plain(line[3..]) : Encoding.UTF8.GetBytes(line.Length > 2 ? line[2..] : "");
        var given = Fields(normaliser, with, origin, raw);
        var wrong = new List<ParserCaseDifference>();
        foreach (var field in expected.Keys.Union(given.Keys).Order(StringComparer.Ordinal))
        {
            IReadOnlyList<string> e = expected.GetValueOrDefault(field) ?? [], g = given.TryGetValue(field, out var values) ? [.. values.Select(Visible)] : [];
            // A new version of the same parser is not another result.
            if (field == "andon.parser" && e is [var was] && g is [var now] && was.Split('@')[0] == now.Split('@')[0]) continue;
            if (!e.SequenceEqual(g, StringComparer.Ordinal)) wrong.Add(new(field, e, g));
        }
        return new(place, Encoding.UTF8.GetString(raw), wrong.Count == 0, wrong);
    }

    static Dictionary<string, IReadOnlyList<string>> Fields(Normaliser normaliser, Tables with, Origin origin, byte[] raw)
    {
        using var batch = normaliser.Normalise([new(1, ReceivedMs, origin, raw)], with);
        return new(EventJson.Fields(batch[0]), StringComparer.Ordinal) { ["@timestamp"] = [UnixMs.ToIso(batch[0].TimeMs)] };
    }

    static string Visible(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);

    // \n, \xNN and \\ in a raw line of more than one line, or with bytes that are no text.
    static byte[] Plain(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
            if (text[i] != '\\' || i + 1 == text.Length) bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
            else if (text[++i] == 'n') bytes.Add((byte)'\n');
            else if (text[i] == 'x' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), System.Globalization.NumberStyles.HexNumber, null, out var hex))
            {
                bytes.Add(hex);
                i += 2;
            }
            else bytes.Add((byte)text[i]);
        return [.. bytes];
    }
}

/// <summary>A case and what it gives.</summary>
/// <param name="Place">Where it stands.</param>
public sealed record ParserCaseView(string Place, string Raw, bool Green, IReadOnlyList<ParserCaseDifference> Wrong);

public sealed record ParserCaseDifference(string Field, IReadOnlyList<string> Expected, IReadOnlyList<string> Given);
