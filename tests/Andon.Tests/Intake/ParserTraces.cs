using System.Text;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>A preview says of each field which step of the parser gave it, and of each step why it gave none: by watching the run.</summary>
public sealed class ParserTraces
{
    static readonly string Head = "name: tried\nversion: 1\ndataset: tried.log\nnamespace: v\n";

    static ParserPreviewLine Try(string parser, string line)
    {
        var preview = Lab.Normaliser.Preview(Head + parser, [line], Lab.File, TimeProvider.System);
        Assert.DoesNotContain(preview.Findings, f => f.Level == FindingLevel.Error);
        return Assert.Single(preview.Lines);
    }

    static string Print(ParserPreviewLine line) => string.Join(" ", line.Steps.Where(s => s.Line > 0).Select(s => $"{s.Part}:{s.Line}={s.Outcome}"));
    static int LineOf(ParserPreviewLine line, string field) => line.Steps.SelectMany(s => s.Fields).Single(f => f.Name == field).Line;

    [Fact]
    public void Every_field_of_every_case_has_its_step_and_a_line_that_is_there()
    {
        var told = 0;
        foreach (var cases in Directory.GetFiles(Path.Combine(Lab.Content.Path, "parsers"), "*.cases").Where(f => File.Exists(Path.ChangeExtension(f, ".yml"))))
        {
            var name = Path.GetFileNameWithoutExtension(cases);
            var origin = new Origin("file", "case", "format=" + name);
            foreach (var raw in File.ReadLines(cases).Where(l => l.StartsWith("> ", StringComparison.Ordinal)).Select(l => Encoding.UTF8.GetBytes(l[2..])))
            {
                using var batch = Lab.Normaliser.Normalise(Lab.Record(origin, raw), Lab.Normaliser.Tables, out var steps);
                Assert.Equal(Lab.Fields(batch[0]).Keys.Append("@timestamp").Distinct().Order(StringComparer.Ordinal), steps.SelectMany(s => s.Fields).Select(f => f.Name).Distinct().Order(StringComparer.Ordinal));
                foreach (var step in steps)
                {
                    var envelope = step.Part is "record" or "andon";
                    Assert.True(envelope || (Stands(step.File, step.Line) && step.Fields.Count > 0 == (step.Outcome == ParserOutcome.Gave)), $"{name} {step}");
                    Assert.All(step.From, f => Assert.Equal("extract", steps[f].Part));
                    foreach (var field in step.Fields) Assert.True((envelope && field.Line == 0) || Stands(field.File, field.Line), $"{name} {field}");
                    if (step.Parser == name) told += step.Fields.Count;
                    // A constant's line names its field, in whole or by its short name.
                    if (step is { Part: "set" }) Assert.All(step.Fields, f => Assert.Contains(f.Name.Split('.')[^1], LineOf(f.File, f.Line), StringComparison.Ordinal));
                }
            }
        }
        Assert.True(told > 1000);
    }

    static readonly Dictionary<string, string[]> files = [];

    static string LineOf(string file, int line)
    {
        if (!files.TryGetValue(file, out var lines)) files[file] = lines = File.ReadAllLines(Path.Combine(Lab.Content.Path, "parsers", Path.GetFileName(file)));
        return lines.ElementAtOrDefault(line - 1) ?? "";
    }

    static bool Stands(string file, int line) => LineOf(file, line).Trim() is { Length: > 0 } found && !found.StartsWith('#');

    [Fact]
    public void Of_several_forms_it_is_the_one_that_fitted()
    {
        const string parser = "extract:\n  - lines:\n      - '%{user.name} left'\n      - line: '%{user.name} came%[ from %{source.ip}%]'\n        set: {action: came}\n  - of: _no\n    lines: ['x']\n    optional: true\n";
        var line = Try(parser, "anna came from 10.0.0.1");
        Assert.Equal((8, 8, 9), (LineOf(line, "user.name"), LineOf(line, "source.ip"), LineOf(line, "event.action")));
        Assert.Equal("extract:6=Gave extract:10=Absent", Print(line));
        var step = line.Steps.Single(s => s.Line == 6);
        Assert.Equal(("%{user.name} came%[ from %{source.ip}%]", 8), (step.Pattern, step.PatternLine));
    }

    [Fact]
    public void A_map_names_the_step_that_cut_its_piece_and_what_gave_nothing_says_why()
    {
        const string parser = """
            extract:
              - {lines: ["%{_who} %{_rest}"]}
              - {of: _rest, lines: ["%{_port}/%{_kind}"]}
              - {when: {_kind: udp}, of: _rest, lines: ["%{_x}"]}
            values:
              - {of: _kind, table: {tcp: {action: opened}}}
              - {of: _kind, table: {sctp: {outcome: failure}}}
            map:
              _who: user.name
              _port: [source.port, destination.port | number]
              _x: host.name
            set:
              - {action: other}
              - {when: {_kind: udp}, set: {category: network}}
              - category: process
                type: start
            """;
        var line = Try(parser, "anna x4/tcp");
        Assert.Equal("extract:6=Read extract:7=Read extract:8=Condition values:10=Gave values:11=Row map:13=Gave map:14=Value map:14=Value map:15=Absent set:17=Taken set:18=Condition set:19=Gave", Print(line));
        Assert.Equal([6], line.Steps.Single(s => s.Line == 13).From.Select(f => line.Steps[f].Line));
        Assert.Equal([7], line.Steps.First(s => s.Line == 14).From.Select(f => line.Steps[f].Line));
        Assert.Equal((19, 20, 10, 3), (LineOf(line, "event.category"), LineOf(line, "event.type"), LineOf(line, "event.action"), LineOf(line, "event.dataset")));
    }

    [Fact]
    public void A_wrong_parser_shows_where_it_stopped()
    {
        var line = Try("extract:\n  - {lines: ['%{_who} did %{>_rest}']}\n  - {of: _rest, lines: ['never %{user.name}']}\nmap: {_who: source.user.name}\n", "anna did this");
        Assert.Equal("extract:6=Read extract:7=Form map:8=Gave", Print(line));
        Assert.Contains("andon.findings", line.After.Keys);
    }

    [Fact]
    public void The_time_is_that_of_the_rule_that_read_it_or_of_the_arrival()
    {
        const string parser = "extract: kv\ntime:\n  - a\n  - b\n";
        var line = Try(parser, "b=1772438398 c=1");
        Assert.Equal("extract:5=Gave time:7=Absent time:8=Gave", Print(line));
        Assert.Equal(8, LineOf(line, "@timestamp"));
        line = Try(parser, "c=1");
        Assert.Equal("andon", line.Steps.Single(s => s.Fields.Any(f => f.Name == "@timestamp")).Part);
    }
}
