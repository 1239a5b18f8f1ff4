using System.IO.Enumeration;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Known;

namespace Andon.Store.Query;

/// <summary>
/// Fields that someone sees as pseudonyms: the same value has the same one in every field and answer of this house, and nobody without the
/// house's key can make one. They are put in where a table is read, so that filters, groups, joins and counts never meet the values
/// and cannot ask for them. What holds values unparted – the raw record, the message, the body of a fact – is withheld as a whole.
/// </summary>
/// <param name="Fields">Names, with <c>*</c> for any text.</param>
/// <param name="Key">The house's key, hexadecimal.</param>
internal sealed partial record Mask(IReadOnlyList<string> Fields, string Key)
{
    /// <summary>Lists that name again what single fields name.</summary>
    static readonly (string List, string Like)[] Related = [("related.user", "user.name"), ("related.ip", "source.ip"), ("related.hosts", "host.name")];

    public bool Covers(string field) =>
        Fields.Any(f => FileSystemName.MatchesSimpleExpression(f, field)) || Array.Exists(Related, r => r.List == field && Covers(r.Like))
        || (field.EndsWith(".address", StringComparison.Ordinal) && Covers(field[..^Unparsed.Length] + "ip"));

    /// <summary>ECS: <c>source.address</c> says again, unparsed, what <c>source.ip</c> says.</summary>
    const string Unparsed = "address";

    /// <summary>The table as this person sees it.</summary>
    public string Over(Table table, string from, Parameters parameters)
    {
        var key = parameters.String(Key);
        var changed = table.Made is not null ? Known(table, key) : table.HasBag ? Events(key, parameters) : Alerts(key, parameters);
        return changed.Count == 0 ? from : $"(SELECT * REPLACE({string.Join(", ", changed)}) FROM {from} AS e)";
    }

    List<string> Events(string key, Parameters parameters)
    {
        var changed = new List<string>
        {
            $"'' AS {EventTables.Raw}", $"{Bags.NoSpans} AS {EventTables.Spans}",
            $"{MaskedMap(EventTables.Whole("e.bag", "e.spans", "e.raw"), key, parameters)} AS {EventTables.Bag}",
        };
        foreach (var field in Ecs.Fields.Where(f => f.Column && f.Id != Ecs.EventOriginal && f.Id != Ecs.AndonEventId))
        {
            var column = $"e.{field.ColumnName}";
            if (field.Name == "message") changed.Add($"'' AS {field.ColumnName}");
            else if (Covers(field.Name))
                changed.Add($"{(field.Many ? $"arrayMap(x -> {Text("x", key)}, {column})" : field.Type switch
                {
                    FieldType.Ip => Address(column, key),
                    FieldType.Long => "CAST(NULL AS Nullable(Int64))",
                    FieldType.Date => column,
                    _ => Text(column, key),
                })} AS {field.ColumnName}");
        }
        return changed;
    }

    List<string> Alerts(string key, Parameters parameters) =>
        [$"arrayMap(x -> {Entity("x", key)}, e.entities) AS entities", $"{MaskedMap("e.fields", key, parameters)} AS fields"];

    List<string> Known(Table table, string key) => table.Name switch
    {
        "Facts" => ["'{}' AS body", "'' AS cause"],
        // The signal of a report by hand has the report's title, which a person wrote.
        "Signals" => ["if(e.rule_id = 'manual', '', e.title) AS title", $"{Entity("e.entity", key)} AS entity", $"arrayMap(x -> {Entity("x", key)}, e.entities) AS entities"],
        "Cases" => [$"arrayMap(x -> {Entity("x", key)}, e.entities) AS entities", "'' AS title", "'' AS reason"],
        "Sources" when Covers("host.name") => [$"{Text("e.host", key)} AS host"],
        "Assets" or "Exposure" when Covers("host.ip") || Covers("source.ip") => [$"arrayMap(x -> {AddressText("x", key)}, e.addresses) AS addresses"],
        _ => [],
    };

    string Entity(string text, string key)
    {
        var kinds = new List<(string Kind, bool Address)>();
        if (Covers("user.name")) kinds.AddRange([("user", false), ("principal", false)]);
        if (Covers("host.name")) kinds.Add(("host", false));
        if (Covers("source.ip")) kinds.Add(("ip", true));
        var value = $"substring({text}, position({text}, ':') + 1)";
        return kinds.Count == 0 ? text
            : $"multiIf({string.Concat(kinds.Select(k => $"startsWith({text}, '{k.Kind}:'), concat('{k.Kind}:', {(k.Address ? AddressText(value, key) : Text(value, key))}), "))}{text})";
    }

    string MaskedMap(string map, string key, Parameters parameters)
    {
        var patterns = parameters.Strings(Fields.Select(f => f.Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace('*', '%')));
        var like = string.Join(" OR ", Fields.Select((_, i) => FormattableString.Invariant($"like(toString(k), {patterns}[{i + 1}]) OR (endsWith(toString(k), '.{Unparsed}') AND like(concat(substring(toString(k), 1, length(k) - {Unparsed.Length}), 'ip'), {patterns}[{i + 1}]))")));
        var related = string.Concat(Related.Where(r => Covers(r.List)).Select(r => $" OR k = '{r.List}'"));
        return $"CAST(mapApply((k, v) -> (k, if(k = 'message', '', if({like}{related}, {Text("v", key)}, v))), {map}) AS Map(LowCardinality(String), String))";
    }

    static string Hash(string text, string key) => $"SHA256(concat({key}, lowerUTF8(toString({text}))))";

    static string Text(string text, string key) => $"if({text} = '', '', concat('masked-', lower(substring(hex({Hash(text, key)}), 1, 12))))";

    /// <summary>An address of the private range fd00::/8, so that it still is one.</summary>
    static string Address(string ip, string key) =>
        $"if(isNull({ip}), CAST(NULL AS Nullable(IPv6)), toIPv6(IPv6NumToString(toFixedString(concat(unhex('FD'), substring(toString({Hash($"ifNull({ip}, toIPv6('::'))", key)}), 1, 15)), 16))))";

    static string AddressText(string text, string key) => $"ifNull(toString({Address($"toIPv6OrNull({text})", key)}), {Text(text, key)})";
}
