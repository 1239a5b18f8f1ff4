using System.Globalization;
using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>Reads a correlation. What this house does not evaluate is refused with the reason.</summary>
static class CorrelationReader
{
    static readonly string[] Keys = ["type", "rules", "group-by", "timespan", "aliases", "condition", "generate"];

    public static CorrelationDocument? Read(Header header, YamlMap body, FindingSink sink)
    {
        var errors = sink.Errors;
        foreach (var (key, _) in body.Entries)
            if (!Keys.Contains(key.Text)) sink.Error("SIG080", key.At, $"A correlation has no key '{key.Text}'.", "Known: " + string.Join(", ", Keys) + ".");

        var type = (body.Get("type") as YamlScalar)?.Text ?? "";
        CorrelationKind? kind = type switch
        {
            "event_count" => CorrelationKind.EventCount,
            "value_count" => CorrelationKind.ValueCount,
            "temporal" => CorrelationKind.Temporal,
            "temporal_ordered" => CorrelationKind.TemporalOrdered,
            _ => null,
        };
        if (kind is null)
            sink.Error("SIG081", body.Get("type")?.At ?? body.At,
                type is "value_sum" or "value_avg" or "value_percentile" or "value_median" ? $"Correlations of type '{type}' are not evaluated yet." : $"There is no correlation type '{type}'.",
                "event_count, value_count, temporal or temporal_ordered.");

        var rules = Words("rules", mandatory: true, "Name the rules by id or name.");
        var groupBy = Words("group-by", mandatory: false, "");
        if (body.Get("group-by") is null) sink.Note("SIG083", body.At, "Without 'group-by' all events are one group.", "Name the fields that events must share.");
        if (rules.Distinct().Count() != rules.Count) sink.Error("SIG082", body.Get("rules")?.At ?? body.At, "A rule is listed twice.", "Remove one.");

        long timespan = 0;
        if (body.Get("timespan") is not YamlScalar span) sink.Error("SIG084", body.At, "The correlation has no 'timespan'.", "For example 'timespan: 10m'.");
        else if (!TryTimespan(span.Text, out timespan)) sink.Error("SIG084", span.At, $"'{span.Text}' is not a timespan.", "A whole number above 0 and s, m, h, d, w, M or y, for example 10m.");

        var (bounds, fields) = Bounds(body, kind, sink);
        var aliases = Aliases(body, sink);
        var generate = body.Get("generate") switch
        {
            null => false,
            YamlScalar { Kind: ScalarKind.True } => true,
            YamlScalar { Kind: ScalarKind.False } => false,
            var other => Bad(other),
        };
        if (sink.Errors > errors || kind is null) return null;
        return new(header, kind.Value, rules, groupBy, timespan, bounds, fields, aliases, generate);

        bool Bad(YamlNode node)
        {
            sink.Error("SIG085", node.At, "'generate' is true or false.", "Leave it out for false.");
            return false;
        }

        List<string> Words(string key, bool mandatory, string hint)
        {
            switch (body.Get(key))
            {
                case YamlScalar { Kind: not ScalarKind.Null } one: return [one.Text];
                case YamlList list when list.Items.Count > 0 && list.Items.All(i => i is YamlScalar { Kind: not ScalarKind.Null }): return [.. list.Items.Select(i => ((YamlScalar)i).Text)];
                case null when !mandatory: return [];
                case var other:
                    sink.Error("SIG082", other?.At ?? body.At, other is null ? $"The correlation has no '{key}'." : $"'{key}' is a list of names.", hint);
                    return [];
            }
        }
    }

    public static bool TryTimespan(string text, out long ms)
    {
        ms = 0;
        if (text.Length < 2 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is <= 0 or > 10_000_000) return false;
        var unit = text[^1] switch { 's' => 1_000L, 'm' => 60_000, 'h' => 3_600_000, 'd' => 86_400_000, 'w' => 604_800_000, 'M' => 2_629_746_000, 'y' => 31_556_952_000, _ => 0 };
        ms = number * unit;
        return unit > 0;
    }

    static (List<Bound> Bounds, List<string> Fields) Bounds(YamlMap body, CorrelationKind? kind, FindingSink sink)
    {
        var bounds = new List<Bound>();
        var fields = new List<string>();
        if (kind is null) return (bounds, fields); // What belongs in the condition depends on the type.
        var node = body.Get("condition");
        var temporal = kind is CorrelationKind.Temporal or CorrelationKind.TemporalOrdered;
        if (node is null && temporal) return (bounds, fields);
        if (node is YamlScalar && temporal)
        {
            sink.Error("SIG086", node.At, "Conditions over rule names are not evaluated yet.", "Leave the condition out: all listed rules must match.");
            return (bounds, fields);
        }
        if (node is not YamlMap map)
        {
            if (kind is not null) sink.Error("SIG086", node?.At ?? body.At, "The correlation has no condition.", "For example 'condition: { gte: 10 }'.");
            return (bounds, fields);
        }
        foreach (var (key, value) in map.Entries)
        {
            if (key.Text == "field" && kind is CorrelationKind.ValueCount)
            {
                fields = value switch
                {
                    YamlScalar one => [one.Text],
                    YamlList list => [.. list.Items.OfType<YamlScalar>().Select(s => s.Text)],
                    _ => [],
                };
                continue;
            }
            CompareOp? op = key.Text switch { "gt" => CompareOp.Gt, "gte" => CompareOp.Gte, "lt" => CompareOp.Lt, "lte" => CompareOp.Lte, "eq" => CompareOp.Eq, "neq" => CompareOp.Neq, _ => null };
            if (op is null) sink.Error("SIG087", key.At, $"'{key.Text}' does not belong in this condition.", "gt, gte, lt, lte, eq, neq" + (kind is CorrelationKind.ValueCount ? ", field." : "."));
            else if (value is not YamlScalar { Kind: ScalarKind.Integer } number || !long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) || n < 0)
                sink.Error("SIG087", value.At, $"'{key.Text}' needs a whole number from 0 on.", "For example 'gte: 10'.");
            else bounds.Add(new(op.Value, n));
        }
        if (kind is CorrelationKind.ValueCount && fields.Count == 0) sink.Error("SIG088", map.At, "value_count needs the field whose values it counts.", "Add 'field:' to the condition.");
        if (bounds.Count == 0 && kind is not null) sink.Error("SIG086", map.At, "The condition names no number.", "For example 'gte: 10'.");
        if (kind is CorrelationKind.TemporalOrdered && bounds.Count > 0) sink.Error("SIG086", map.At, "temporal_ordered takes no number: all listed rules must match in order.", "Remove the condition.");
        if (bounds.Count > 2) sink.Error("SIG089", map.At, "At most two operators make a range.", "For example 'gt: 100' and 'lte: 200'.");
        else if (bounds.Count == 2)
        {
            var low = bounds.Find(b => b.Op is CompareOp.Gt or CompareOp.Gte);
            var high = bounds.Find(b => b.Op is CompareOp.Lt or CompareOp.Lte);
            var both = bounds.Any(b => b.Op is CompareOp.Gt or CompareOp.Gte) && bounds.Any(b => b.Op is CompareOp.Lt or CompareOp.Lte);
            if (!both) sink.Error("SIG089", map.At, "Two operators must be a lower and an upper bound.", "For example 'gt: 100' and 'lte: 200'.");
            else if (low.Value + (low.Op == CompareOp.Gt ? 1 : 0) > high.Value - (high.Op == CompareOp.Lt ? 1 : 0))
                sink.Error("SIG089", map.At, "The two bounds exclude each other.", "The lower bound must be below the upper one.");
        }
        return (bounds, fields);
    }

    static Dictionary<string, IReadOnlyDictionary<string, string>> Aliases(YamlMap body, FindingSink sink)
    {
        var aliases = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        if (body.Get("aliases") is not { } node) return aliases;
        if (node is not YamlMap map)
        {
            sink.Error("SIG094", node.At, "'aliases' is a map of alias to rule to field.", "For example 'aliases: { ip: { rule_a: SourceIp } }'.");
            return aliases;
        }
        foreach (var (alias, value) in map.Entries)
        {
            if (value is not YamlMap fields || fields.Entries.Any(e => e.Value is not YamlScalar))
                sink.Error("SIG094", value.At, $"The alias '{alias.Text}' is a map of rule to field.", "For example 'ip: { rule_a: SourceIp }'.");
            else aliases[alias.Text] = fields.Entries.ToDictionary(e => e.Key.Text, e => ((YamlScalar)e.Value).Text);
        }
        return aliases;
    }
}
