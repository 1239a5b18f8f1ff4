using System.Globalization;
using System.Net;
using System.Text;
using Andon.Model;
using YamlDotNet.RepresentationModel;

namespace Andon.Intake.Normalise.Language;

/// <summary>What the pieces of a record mean: time, values, map, set, enrich.</summary>
sealed partial class ParserReader
{
    static readonly Dictionary<string, ChangeKind> Changes = Enum.GetValues<ChangeKind>().ToDictionary(k => k.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>The number of a key; one that selects from a list of objects brings its selector with it.</summary>
    int KeyOf(string name)
    {
        var open = name.IndexOf('[', StringComparison.Ordinal);
        var close = open < 0 ? -1 : name.IndexOf(']', open);
        if (open <= 0 || close < 0) return keys.Get(name);
        if (keys.Has(name)) return keys.Get(name);
        var into = keys.Get(name);
        var (list, inside, rest) = (name[..open], name[(open + 1)..close], name[(close + 1)..].TrimStart('.'));
        var from = keys.Get(rest.Length == 0 ? list : list + "." + rest);
        var equals = inside.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0) selectors.Add(new(into, from, keys.Get(list + "." + inside[..equals]), Encoding.UTF8.GetBytes(inside[(equals + 1)..]), 0));
        else if (int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var item)) selectors.Add(new(into, from, -1, [], item));
        return into;
    }

    IEnumerable<Mapping> Mappings(YamlMappingNode root)
    {
        foreach (var (name, node, when) in MapLines(root))
        {
            mapped.Add(name);
            var key = KeyOf(name);
            foreach (var text in yaml.Texts(node))
                if (MappingOf(key, text, when, node.Start.Line) is { } mapping) yield return mapping;
        }
    }

    // One mapping, or a list of them, of which some hold only for some records: - {when: {…}, map: {…}}.
    IEnumerable<(string Name, YamlNode Node, Condition When)> MapLines(YamlMappingNode root)
    {
        if (yaml.Child(root, "map") is not YamlSequenceNode list)
        {
            foreach (var (name, node) in yaml.Entries(root, "map")) yield return (name, node, Condition.Always);
            yield break;
        }
        foreach (var item in list.Children)
        {
            if (item is not YamlMappingNode map) yaml.Say("PAR125", "A part of map must be a mapping.", "Write - {path: field}, or - {when: {key: value}, map: {path: field}}.", item.Start.Line);
            else if (yaml.Child(map, "when") is { } when && yaml.Child(map, "map") is YamlMappingNode)
            {
                var condition = ConditionOf(when);
                foreach (var (name, node) in yaml.Entries(map, "map")) yield return (name, node, condition);
            }
            else
                foreach (var (name, node) in map.Children) yield return (yaml.Text(name), node, Condition.Always);
        }
    }

    Mapping? MappingOf(int key, string text, Condition when, long line)
    {
        var parts = Bars(text);
        var name = FieldName(parts[0]);
        if (name.Length == 0 || name.Any(c => c is ' ' or '(' or ')'))
        {
            yaml.Say("PAR121", $"'{parts[0]}' is no field.", "Write field, or field | change | change.", line);
            return null;
        }
        var changes = new List<Change>();
        foreach (var part in parts.Skip(1))
        {
            var open = part.IndexOf('(', StringComparison.Ordinal);
            var word = open < 0 ? part : part[..open];
            if (!Changes.TryGetValue(word, out var kind) || (open >= 0 && !part.EndsWith(')')))
            {
                yaml.Say("PAR122", $"'{part}' is no change.", $"Changes are {string.Join(", ", Changes.Keys)}.", line);
                return null;
            }
            if (kind is ChangeKind.Before or ChangeKind.After or ChangeKind.AfterLast or ChangeKind.BeforeLast or ChangeKind.Strip && open < 0)
            {
                yaml.Say("PAR123", $"{word} needs a text.", $"Write {word}(text).", line);
                return null;
            }
            if (changes.Count > 0 && changes[^1].Kind >= ChangeKind.Split)
            {
                yaml.Say("PAR124", $"Nothing can come after {changes[^1].Kind.ToString().ToLowerInvariant()}.", "It fills fields itself; put it last.", line);
                return null;
            }
            var inside = open < 0 ? kind == ChangeKind.Split ? "," : "" : part[(open + 1)..^1];
            changes.Add(new(kind, Encoding.UTF8.GetBytes(inside.Replace("\\t", "\t", StringComparison.Ordinal)), Mapping.FieldsOf(kind, name)));
        }
        var target = Target.Of(changes.Count > 0 && changes[^1].Kind is ChangeKind.Endpoint or ChangeKind.Account or ChangeKind.Url or ChangeKind.Hash or ChangeKind.Hashes or ChangeKind.Email or ChangeKind.File
            ? FieldNames.Text(changes[^1].Fields[changes[^1].Kind is ChangeKind.Hash or ChangeKind.Hashes ? 2 : 0]) : name);
        if (changes.Exists(c => c.Kind == ChangeKind.Number)) target = target with { Kind = TargetKind.Number };
        else if (changes.Exists(c => c.Kind == ChangeKind.Bool)) target = target with { Kind = TargetKind.Bool };
        else if (changes.Exists(c => c.Kind == ChangeKind.Date)) target = target with { Kind = TargetKind.Date };
        else if (changes.Exists(c => c.Kind == ChangeKind.Text)) target = target with { Kind = TargetKind.Text };
        return new(key, when, target, [.. changes.Where(c => c.Kind != ChangeKind.First)]) { At = new(standsIn, line) };
    }

    // Bars inside brackets belong to the text there.
    static List<string> Bars(string text)
    {
        var parts = new List<string>();
        int depth = 0, from = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '(') depth++;
            else if (i < text.Length && text[i] == ')') depth--;
            else if (i == text.Length || (text[i] == '|' && depth <= 0))
            {
                parts.Add(text[from..i].Trim(' '));
                from = i + 1;
            }
        }
        return parts;
    }

    IEnumerable<ValueTable> Tables(YamlMappingNode root)
    {
        if (yaml.Child(root, "values") is not { } node) yield break;
        foreach (var item in node is YamlSequenceNode list ? list.Children : [node])
        {
            if (item is not YamlMappingNode map || yaml.Child(map, "of") is not { } of || yaml.Child(map, "table") is not YamlMappingNode rows)
            {
                yaml.Say("PAR131", "A value table needs of and table.", "Write - of: key, table: {value: {field: text}}; with to: field the texts alone.", item.Start.Line);
                continue;
            }
            var to = yaml.Texts(yaml.Child(map, "to")).ToArray();
            var byValue = new Dictionary<byte[], Constant[]>(FoldedNames.Instance);
            Constant[] other = [];
            foreach (var (key, value) in rows.Children)
            {
                Constant[] row;
                if (to.Length == 0) row = ConstantsOf(value);
                else if (to.Length == 1) row = [ConstantOf(to[0], yaml.Texts(value), key)];
                else row = [.. to.Zip(value is YamlSequenceNode texts ? texts.Children : [value]).Where(p => p.Second is not YamlScalarNode { Value: "" or "~" or "-" }).Select(p => ConstantOf(p.First, yaml.Texts(p.Second), p.Second))];
                foreach (var text in yaml.Text(key).Split('|'))
                {
                    if (text == "*") other = row;
                    else if (!byValue.TryAdd(Encoding.UTF8.GetBytes(text), row)) yaml.Say("PAR132", $"{text} stands twice in the table.", "Leave one of the two out; case does not matter.", key.Start.Line);
                }
            }
            yield return new([.. yaml.Texts(of).Select(KeyOf)], ConditionOf(yaml.Child(map, "when")), byValue, other, PlaceOf(item));
        }
    }

    IEnumerable<TimeRule> Times(YamlMappingNode root)
    {
        if (yaml.Child(root, "time") is not { } node) yield break;
        foreach (var item in node is YamlSequenceNode list ? list.Children : [node])
        {
            var map = item as YamlMappingNode;
            var of = yaml.Texts(map is null ? item : yaml.Child(map, "of")).ToArray();
            if (of.Length == 0) yaml.Say("PAR133", "A time needs the key that holds it.", "Write time: key, or {of: [date, time], as: 'yyyy-MM-dd HH:mm:ss', zone: tz}.", item.Start.Line);
            foreach (var name in of) mapped.Add(name);
            var formats = new List<TimeFormat>();
            foreach (var text in yaml.Texts(map is null ? null : yaml.Child(map, "as")))
            {
                if (TimeFormat.Compile(text) is { } format) formats.Add(format);
                else yaml.Say("PAR134", $"'{text}' is no form of a time.", "Use yyyy yy MM MMM dd d HH H hh h mm ss f tt zzz and literals.", item.Start.Line);
            }
            yield return new([.. of.Select(KeyOf)], [.. formats], map is not null && yaml.Child(map, "zone") is { } zone ? KeyOf(yaml.Text(zone)) : -1, PlaceOf(item));
        }
    }

    IEnumerable<(Condition, Constant[], Place)> Sets(YamlMappingNode root)
    {
        if (yaml.Child(root, "set") is not { } node) yield break;
        foreach (var item in node is YamlSequenceNode list ? list.Children : [node])
        {
            if (item is YamlMappingNode map && yaml.Child(map, "when") is { } when) yield return (ConditionOf(when), ConstantsOf(yaml.Child(map, "set")), PlaceOf(item));
            else yield return (Condition.Always, ConstantsOf(item), PlaceOf(item));
        }
    }

    IEnumerable<NamedList> Lists(YamlMappingNode root)
    {
        foreach (var (list, node) in yaml.Entries(root, "lists"))
        {
            var names = yaml.Texts(node).ToArray();
            if (names.Length == 2) yield return new(Encoding.UTF8.GetBytes(list + "."), keys.Get(list + "." + names[0]), keys.Get(list + "." + names[1]));
            else yaml.Say("PAR135", $"{list} needs two names.", "Write lists: {Properties: [Name, Value]}.", node.Start.Line);
        }
    }

    IEnumerable<Enrichment> Enrichments(YamlMappingNode root)
    {
        if (yaml.Child(root, "enrich") is not { } node) yield break;
        foreach (var item in node is YamlSequenceNode list ? list.Children : [node])
        {
            if (item is not YamlMappingNode map || yaml.Child(map, "of") is not { } of || yaml.Child(map, "table") is not { } table)
            {
                yaml.Say("PAR141", "A look-up needs of, table and to.", "Write - of: key, table: networks.csv, to: {column: field}.", item.Start.Line);
                continue;
            }
            if (EnrichmentOf(KeyOf(yaml.Text(of)), yaml.Text(table), yaml.Entries(map, "to").ToList(), table.Start.Line) is { } made) yield return made;
        }
    }

    Enrichment? EnrichmentOf(int key, string table, List<(string Column, YamlNode Field)> to, long line)
    {
        // A table stands beside its parser and nowhere else.
        if (table.AsSpan().ContainsAny('/', '\\') || !File.Exists(Path.Combine(Path.GetDirectoryName(path) ?? "", table)))
        {
            yaml.Say("PAR142", $"There is no table {table} beside the parser.", "Put the CSV file into the same folder.", line);
            return null;
        }
        var rows = File.ReadLines(Path.Combine(Path.GetDirectoryName(path) ?? "", table)).Where(l => l.Length > 0 && l[0] != '#').Take(Limits.LookupRowsMax + 2).Select(l => l.Split(',').Select(c => c.Trim(' ', '"')).ToArray()).ToList();
        if (rows.Count is 0 or > Limits.LookupRowsMax + 1)
        {
            yaml.Say("PAR143", rows.Count == 0 ? $"{table} is empty." : $"{table} has more than {Limits.LookupRowsMax} rows.", "Give it a line of column names and rows below the limit.", line);
            return null;
        }
        var (names, body) = (rows[0], rows.Skip(1).ToList());
        var fields = new List<(FieldId, Const?[])>();
        foreach (var (column, field) in to)
        {
            var at = Array.IndexOf(names, column);
            if (at < 0) yaml.Say("PAR144", $"{table} has no column {column}.", $"Its columns are {string.Join(", ", names)}.", line);
            else fields.Add((FieldNames.Intern(FieldName(yaml.Text(field))), [.. body.Select(r => at < r.Length && r[at].Length > 0 ? constants.Get(r[at]) : (Const?)null)]));
        }
        var networks = body.Count > 0 && body.TrueForAll(r => r[0].Contains('/', StringComparison.Ordinal) && IPNetwork.TryParse(r[0], out _));
        var byText = new Dictionary<byte[], int>(FoldedNames.Instance);
        for (var i = 0; i < body.Count && !networks; i++) byText.TryAdd(Encoding.UTF8.GetBytes(body[i][0]), i);
        return new(key, byText, networks ? new(body.Select((r, i) => (IPNetwork.Parse(r[0]), i))) : null, [.. fields], new(standsIn, line));
    }
}
