using System.Globalization;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Andon.Intake.Normalise.Language;

/// <summary>How a record is taken apart: the steps under <c>extract</c>.</summary>
sealed partial class ParserReader
{
    const int FormsPerLineMax = 64;
    readonly List<Constant[]> lineSets = [];

    IEnumerable<Step> Steps(YamlMappingNode root)
    {
        if (yaml.Child(root, "extract") is not { } node)
        {
            yaml.Say("PAR151", "extract is missing.", "Say how the record is taken apart: json, kv, csv, lines, cef, leef, xml, sd.", 1);
            yield break;
        }
        // Names that steps hand to one another are keys, whichever of the two is read first.
        var items = node is YamlSequenceNode list ? list.Children.ToArray() : [node];
        foreach (var map in items.OfType<YamlMappingNode>())
        {
            if (yaml.Child(map, "of") is { } of) Asked(yaml.Text(of));
            if (yaml.Child(map, "by") is YamlScalarNode by && !int.TryParse(by.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _)) keys.Get(yaml.Text(by));
            ConditionOf(yaml.Child(map, "when"));
        }
        foreach (var item in items)
            if (StepOf(item) is { } step) yield return step;
    }

    void Asked(string name)
    {
        keys.Get(name);
        mapped.Add(name);
    }

    Step? StepOf(YamlNode node)
    {
        if (node is YamlScalarNode word) return Named(yaml.Text(word), word, null);
        if (node is not YamlMappingNode map)
        {
            yaml.Say("PAR152", "A step must be a word or a mapping.", "Write - json, - kv: {separator: ';'}, - lines: […].", node.Start.Line);
            return null;
        }
        foreach (var (key, value) in map.Children)
            if (yaml.Text(key) is not ("of" or "by" or "when" or "optional" or "trim" or "columns_min")) return Named(yaml.Text(key), value, map);
        yaml.Say("PAR153", "A step says how to take the text apart.", "Use json, kv, csv, lines, cef, leef, xml, sd.", node.Start.Line);
        return null;
    }

    Step? Named(string name, YamlNode node, YamlMappingNode? map)
    {
        var of = map is not null && yaml.Child(map, "of") is { } from ? KeyOf(yaml.Text(from)) : -1;
        var when = ConditionOf(map is null ? null : yaml.Child(map, "when"));
        var optional = map is not null && yaml.Child(map, "optional") is { } told && yaml.Text(told) == "true";
        var options = node as YamlMappingNode;
        switch (name)
        {
            case "json": return new JsonStep(json) { At = PlaceOf(map is null ? node : map), Of = of, When = when, Optional = optional };
            case "xml": return new XmlStep { At = PlaceOf(map is null ? node : map), Of = of, When = when, Optional = optional };
            case "cef": return new CefStep { At = PlaceOf(map is null ? node : map), Of = of, When = when, Optional = optional };
            case "leef": return new LeefStep { At = PlaceOf(map is null ? node : map), Of = of, When = when, Optional = optional };
            case "sd": return new StructuredStep { At = PlaceOf(map is null ? node : map), Of = of, When = when, Optional = optional };
            case "kv":
                return new PairsStep(One(options, "separator", (byte)' '), One(options, "equals", (byte)'='), options is not null && yaml.Child(options, "values") is { } values && yaml.Text(values) == "blanks", labels: false) { At = PlaceOf(map is null ? node : map), Of = of, When = when, Optional = optional };
            case "audit":
                // What it gives besides the pairs.
                keys.Get("_args");
                keys.Get("_command");
                return new AuditStep { At = PlaceOf(map is null ? node : map), Of = of, When = when, Optional = optional };
            case "csv": return Csv(node, map, of, when, optional);
            case "lines" or "line": return Lines(node, map, of, when, optional);
            case "grok":
                var forms = new List<LineForm>();
                foreach (var text in yaml.Texts(node)) forms.AddRange(Grok(text, node.Start.Line));
                return new LinesStep(new(forms), -1, [], [], []) { At = PlaceOf(map is null ? node : map), Of = of, When = when, Optional = optional };
            default:
                yaml.Say("PAR153", $"{name} is no step.", "Use json, kv, csv, lines, grok, cef, leef, xml, sd, audit.", node.Start.Line);
                return null;
        }
    }

    byte One(YamlMappingNode? options, string name, byte otherwise)
    {
        if (options is null || yaml.Child(options, name) is not { } node) return otherwise;
        var text = yaml.Text(node).Replace("\\t", "\t", StringComparison.Ordinal);
        if (text.Length == 1 && text[0] < 128) return (byte)text[0];
        yaml.Say("PAR154", $"{name} must be one character.", "Write one ASCII character, a tab as \"\\t\".", node.Start.Line);
        return otherwise;
    }

    CsvStep? Csv(YamlNode node, YamlMappingNode? map, int of, Condition when, bool optional)
    {
        var options = node as YamlMappingNode;
        var columns = options is null ? node : yaml.Child(options, "columns");
        var by = -1;
        if (options is not null && yaml.Child(options, "by") is { } told && !int.TryParse(yaml.Text(told), NumberStyles.None, CultureInfo.InvariantCulture, out by)) yaml.Say("PAR155", "by is the number of a column, from 0.", "Write by: 3.", told.Start.Line);
        var min = options is not null && yaml.Child(options, "at_least") is { } least && int.TryParse(yaml.Text(least), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;
        var byValue = new Dictionary<byte[], Capture[]>(FoldedNames.Instance);
        Capture[] all = [];
        if (columns is YamlMappingNode several)
            foreach (var (value, names) in several.Children)
                foreach (var text in yaml.Text(value).Split('|'))
                {
                    var captures = Columns(names);
                    if (text == "*") all = captures;
                    else byValue[Encoding.UTF8.GetBytes(text)] = captures;
                }
        else if (columns is not null) all = Columns(columns);
        else
        {
            yaml.Say("PAR156", "csv needs its columns.", "Write csv: [a, b, c] or csv: {separator: ';', columns: […]}.", node.Start.Line);
            return null;
        }
        return new CsvStep(One(options, "separator", (byte)','), by, all, byValue, min) { At = PlaceOf(map is null ? node : map), Of = of, When = when, Optional = optional };
    }

    // A list of names, or one text of names parted by blanks, commas or new lines; - leaves a column out.
    Capture[] Columns(YamlNode node) =>
        [.. (node is YamlSequenceNode list ? list.Children.SelectMany(c => yaml.Texts(c)) : yaml.Text(node).Split([' ', ',', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)).Select(n => CaptureOf(n is "-" ? "" : n, node.Start.Line, fits: false))];

    LinesStep? Lines(YamlNode node, YamlMappingNode? map, int of, Condition when, bool optional)
    {
        var by = map is not null && yaml.Child(map, "by") is { } told ? KeyOf(yaml.Text(told)) : -1;
        var trims = Bytes(map is null ? null : yaml.Child(map, "trim"));
        var all = new List<LineForm>();
        var byValue = new Dictionary<byte[], LineForms>(FoldedNames.Instance);
        if (node is YamlMappingNode groups && by >= 0)
            foreach (var (values, lines) in groups.Children)
            {
                var forms = new List<LineForm>();
                LinesOf(lines, forms);
                foreach (var value in yaml.Text(values).Split('|'))
                    if (value == "*") all.AddRange(forms);
                    else if (!byValue.TryAdd(Encoding.UTF8.GetBytes(value), new(forms))) yaml.Say("PAR157", $"{value} stands twice.", "Put all of its lines under one.", values.Start.Line);
            }
        else LinesOf(node, all);
        return new LinesStep(new(all), by, byValue, [.. lineSets], trims) { At = PlaceOf(map is null ? node : map), Of = of, When = when, Optional = optional };
    }

    void LinesOf(YamlNode node, List<LineForm> forms)
    {
        foreach (var item in node is YamlSequenceNode list ? list.Children : [node])
        {
            if (item is YamlSequenceNode)
            {
                LinesOf(item, forms);
                continue;
            }
            var map = item as YamlMappingNode;
            var line = map is null ? item : yaml.Child(map, "line");
            if (line is null)
            {
                yaml.Say("PAR158", "A line needs its text.", "Write - line: \"…\" with set: {…}, or the text alone.", item.Start.Line);
                continue;
            }
            var set = -1;
            if (map is not null && ConstantsOf(yaml.Child(map, "set")) is { Length: > 0 } constantsOf)
            {
                set = lineSets.Count;
                lineSets.Add(constantsOf);
            }
            foreach (var text in yaml.Texts(line))
                foreach (var form in Expand(text, line.Start.Line))
                    if (FormOf(form, text, set, line.Start.Line) is { } made) forms.Add(made);
        }
    }

    /// <summary>A line with optional parts <c>%[…%]</c> and choices <c>%(a%|b%)</c> as the lines that it stands for, the longest first.</summary>
    List<string> Expand(string text, long line)
    {
        var at = 0;
        var made = Alternatives(text, ref at, 0, line);
        if (made.Count <= FormsPerLineMax) return made;
        yaml.Say("PAR161", $"This line stands for {made.Count} lines.", $"Write it as several with at most {FormsPerLineMax} each.", line);
        return [];
    }

    List<string> Alternatives(string text, ref int at, int depth, long line)
    {
        List<string> done = [], current = [""];
        while (at < text.Length)
        {
            var next = text.IndexOf('%', at);
            if (next < 0 || next + 1 >= text.Length) next = text.Length;
            var between = text[at..next];
            current = [.. current.Select(c => c + between)];
            at = next;
            if (at >= text.Length) break;
            var mark = text[at + 1];
            if (mark is not ('[' or '(' or '|' or ']' or ')') || current.Count > FormsPerLineMax)
            {
                current = [.. current.Select(c => c + '%')];
                at++;
                continue;
            }
            at += 2;
            if (mark is ']' or ')')
            {
                if (depth == 0) yaml.Say("PAR162", "A part is closed that was not opened.", "Write %[…%] for a part that may be missing, %(a%|b%) for a choice.", line);
                done.AddRange(current);
                return done;
            }
            if (mark == '|')
            {
                done.AddRange(current);
                current = [""];
                continue;
            }
            var inner = Alternatives(text, ref at, depth + 1, line);
            if (mark == '[') inner.Add("");
            current = [.. current.SelectMany(c => inner.Select(i => c + i))];
        }
        if (depth > 0) yaml.Say("PAR162", "A part is not closed.", "Write %[…%] for a part that may be missing, %(a%|b%) for a choice.", line);
        done.AddRange(current);
        return done;
    }

    LineForm? FormOf(string text, string written, int set, long line)
    {
        var literals = new List<byte[]>();
        var captures = new List<Capture>();
        var greedy = int.MaxValue;
        for (var at = 0; ;)
        {
            var open = text.IndexOf("%{", at, StringComparison.Ordinal);
            literals.Add(Encoding.UTF8.GetBytes(open < 0 ? text[at..] : text[at..open]));
            if (open < 0) break;
            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                yaml.Say("PAR163", "A capture is not closed.", "Write %{name}.", line);
                return null;
            }
            var name = text[(open + 2)..close];
            if (name.StartsWith('>'))
            {
                if (greedy != int.MaxValue) yaml.Say("PAR164", "Only one capture of a line may be greedy.", "Take the > from all but one.", line);
                greedy = captures.Count;
                name = name[1..];
            }
            if (literals.Count > 1 && literals[^1].Length == 0 && captures[^1].Fit != Fit.Quoted) yaml.Say("PAR165", "Two captures need text between them.", "Put the text that stands between them.", line);
            captures.Add(CaptureOf(name, line, fits: true));
            at = close + 1;
        }
        if (captures.Count > LineForm.CapturesMax) yaml.Say("PAR166", $"More than {LineForm.CapturesMax} captures.", "Take the rest of the line into one key and go on with a second step.", line);
        return new([.. literals], [.. captures], greedy, set) { At = new(standsIn, line), Written = written };
    }

    /// <summary>name, name:fit. A key that somebody asks for, a field where the name has a dot, and the vendor's own field otherwise; _name is a key only.</summary>
    Capture CaptureOf(string text, long line, bool fits)
    {
        if (text.Length == 0) return new(-1, null, Fit.Any);
        var colon = text.LastIndexOf(':');
        var name = colon < 0 ? text : text[..colon];
        Fit? fit = colon < 0 ? null : text[(colon + 1)..] switch { "n" => Fit.Number, "w" => Fit.Word, "a" => Fit.Address, "ip" => Fit.Ip, "x" => Fit.Hex, "q" => Fit.Quoted, "any" => Fit.Any, _ => null };
        if (colon >= 0 && fit is null) yaml.Say("PAR167", $"'{text[(colon + 1)..]}' is no kind of text.", "Use :n digits, :w word, :a no blanks, :ip, :x hexadecimal, :q quoted, :any.", line);
        var key = keys.Has(name) || name.StartsWith('_') ? keys.Get(name) : -1;
        Target? target = null;
        if (name.Length > 0 && !name.StartsWith('_') && !mapped.Contains(name))
        {
            target = Target.Of(name.Contains('.', StringComparison.Ordinal) ? FieldName(name) : (space.Length > 0 ? space : Name) + "." + name);
        }
        fit ??= !fits || target is null ? Fit.Any : target.Kind switch { TargetKind.Number => Fit.Number, TargetKind.Endpoint => Fit.Address, TargetKind.Ip => Fit.Ip, _ => Fit.Any };
        return new(key, target, fit.Value);
    }
}
