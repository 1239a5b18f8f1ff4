using System.Globalization;
using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>Reads a correlation. What this house does not evaluate is refused with the reason.</summary>
static class CorrelationReader
{
    static readonly string[] Keys = ["type", "rules", "group-by", "timespan", "aliases", "condition", "generate", "window", "refire"];

    /// <param name="document">The whole document: the schema has <c>generate</c> beside the correlation too.</param>
    public static CorrelationDocument? Read(Header header, YamlMap body, FindingSink sink, YamlMap? document = null)
    {
        var errors = sink.Errors;
        foreach (var (key, _) in body.Entries)
            if (!Keys.Contains(key.Text)) sink.Error("SIG080", key.At, $"A correlation has no key '{key.Text}'.", key.Text == "timeframe" ? "Write 'timespan'." : "Known: " + string.Join(", ", Keys) + ".");

        var type = (body.Get("type") as YamlScalar)?.Text ?? "";
        CorrelationKind? kind = type switch
        {
            "event_count" => CorrelationKind.EventCount,
            "value_count" => CorrelationKind.ValueCount,
            "temporal" or "temporal_extended" => CorrelationKind.Temporal,
            "temporal_ordered" or "temporal_ordered_extended" => CorrelationKind.TemporalOrdered,
            "value_sum" => CorrelationKind.ValueSum,
            "value_avg" => CorrelationKind.ValueAvg,
            "value_percentile" or "value_median" => CorrelationKind.ValuePercentile,
            _ => null,
        };
        if (kind is null)
            sink.Error("SIG081", body.Get("type")?.At ?? body.At, type.Length == 0 ? "The correlation has no type." : $"There is no correlation type '{type}'.",
                "event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile or value_median.");

        var read = CorrelationConditionReader.Read(body, type, kind, sink);
        var rules = Words("rules", mandatory: read.Expression is null, "Name the rules by id or name.");
        if (rules.Distinct().Count() != rules.Count) sink.Error("SIG082", body.Get("rules")?.At ?? body.At, "A rule is listed twice.", "Remove one.");
        if (read.Expression is not null) rules = CorrelationConditionReader.Names(read.Expression, rules, body, sink, ordered: kind is CorrelationKind.TemporalOrdered);
        if (kind is CorrelationKind.Temporal && rules.Count > 0) CorrelationConditionReader.WithinRules(read, rules.Count, body, sink);

        var groupBy = Words("group-by", mandatory: false, "");
        if (body.Get("group-by") is null) sink.Note("SIG083", body.At, "Without 'group-by' all events are one group.", "Name the fields that events must share.");
        if (groupBy.Distinct().Count() != groupBy.Count) sink.Error("SIG082", body.Get("group-by")?.At ?? body.At, "A field of 'group-by' is listed twice.", "Remove one.");
        if (groupBy.Count > Limits.CorrelationGroupFieldsMax) sink.Error("SIG096", body.Get("group-by")?.At ?? body.At, $"'group-by' has more than {Limits.CorrelationGroupFieldsMax} fields.", "Group by fewer fields.");

        long timespan = 0;
        if (body.Get("timespan") is not YamlScalar span) sink.Error("SIG084", body.Get("timespan")?.At ?? body.At, "The correlation has no 'timespan'.", "For example 'timespan: 10m'.");
        else if (!TryTimespan(span.Text, out timespan)) sink.Error("SIG084", span.At, $"'{span.Text}' is not a timespan.", "A whole number above 0 and s, m, h, d, w, M or y, for example 10m.");

        var aliases = Aliases(body, sink);
        foreach (var (alias, perRule) in aliases)
            foreach (var rule in perRule.Keys)
                if (rules.Count > 0 && !rules.Contains(rule))
                    sink.Warn("SIG094", body.Get("aliases")!.At, $"The alias '{alias}' names the rule '{rule}', which this correlation does not list by that name.", "Write it as 'rules' does.");
        if (header.Fields.Count > Limits.CorrelationCarriedMax)
            sink.Warn("SIG099", body.At, $"Alerts of a correlation carry the first {Limits.CorrelationCarriedMax} of its 'fields'.", "Keep the ones an analyst needs.");
        var window = Choice("window", WindowKind.Sliding, "sliding, tumbling or session");
        var refire = Choice("refire", Refire.Timespan, "timespan, every or reset");
        if (!AtOnce(read) && refire != Refire.Timespan)
            sink.Error("SIG097", body.Get("refire")!.At, "'refire' is for conditions that fire at once; this one is decided once for each window.", "Remove it.");
        var generate = Flag(body) || (document is not null && Flag(document));
        if (sink.Errors > errors || kind is null) return null;
        return new(header, kind.Value, rules, groupBy, timespan, read.Bounds, read.Fields, aliases, generate) { Expression = read.Expression, Percentile = read.Percentile, Window = window, Refire = refire };

        bool Flag(YamlMap map)
        {
            switch (map.Get("generate"))
            {
                case null or YamlScalar { Kind: ScalarKind.False }: return false;
                case YamlScalar { Kind: ScalarKind.True }: return true;
                case var other:
                    sink.Error("SIG085", other.At, "'generate' is true or false.", "Leave it out for false.");
                    return false;
            }
        }

        T Choice<T>(string key, T byDefault, string known) where T : struct, Enum
        {
            if (body.Get(key) is not { } node) return byDefault;
            if (node is not YamlScalar scalar || !scalar.Text.All(char.IsAsciiLetterLower) || !Enum.TryParse<T>(scalar.Text, ignoreCase: true, out var chosen))
            {
                sink.Error("SIG097", node.At, $"'{node}' is no '{key}'.", $"Write {known}.");
                return byDefault;
            }
            sink.Note("SIG097", node.At, $"'{key}' is Andon's own key; other Sigma programs do not know it.", $"Without it: {byDefault.ToString().ToLowerInvariant()}.");
            return chosen;
        }

        List<string> Words(string key, bool mandatory, string hint)
        {
            switch (body.Get(key))
            {
                case YamlScalar { Kind: not ScalarKind.Null } one: return [one.Text];
                case YamlList list when list.Items.Count > 0 && list.Items.All(i => i is YamlScalar { Kind: not ScalarKind.Null }): return [.. list.Items.Select(i => ((YamlScalar)i).Text)];
                case null when !mandatory: return [];
                case var other:
                    sink.Error("SIG082", other?.At ?? body.At, other is null ? $"The correlation has no '{key}'." : $"'{key}' is a list of names.", hint.Length > 0 ? hint : "For example '[source.ip]'.");
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

    static bool AtOnce(CorrelationConditionReader.Result read) => read.Bounds.All(b => b.Op is CompareOp.Gt or CompareOp.Gte) && !(read.Expression is not null && RuleExpression.HasNot(read.Expression));

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
