using System.Globalization;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Pipelines;

/// <summary>Conditions on a rule as a whole.</summary>
static class RuleConditions
{
    static readonly string[] Levels = ["informational", "low", "medium", "high", "critical"];
    static readonly string[] Statuses = ["unsupported", "deprecated", "experimental", "test", "stable"];

    /// <summary>Null: there is no such condition.</summary>
    public static Func<Rewriting, SigmaDocument, bool>? Read(string type, StepKeys keys)
    {
        switch (type)
        {
            case "logsource":
                var (product, category, service) = (Lower("product"), Lower("category"), Lower("service"));
                if ((product ?? category ?? service) is null) keys.Wrong(keys.At, "A log source condition names product, category or service.", 0);
                return (rule, _) => rule.Source is { } source && (product is null || product == source.Product) && (category is null || category == source.Category) && (service is null || service == source.Service);
            case "contains_detection_item":
                var (field, value) = (keys.Needed("field"), keys.Node("value"));
                if (value is not (null or YamlScalar)) keys.Wrong(value.At, "'value' is one value.", 0);
                var text = (value as YamlScalar)?.Text;
                return (rule, _) => rule.Items.Any(i => i.Field == field && i.Values.Any(v => v.Any(t => Values.Is(t, text))));
            case "contains_field":
                var wanted = keys.Needed("field");
                return (rule, _) => rule.Items.Any(i => i.Field == wanted);
            case "is_sigma_rule": return (_, document) => document is RuleDocument;
            case "is_sigma_correlation_rule": return (_, document) => document is CorrelationDocument;
            case "rule_attribute": return Attribute(keys);
            case "tag":
                var tag = keys.Needed("tag");
                return (_, document) => document.Header.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase);
            case "processing_state": return State<SigmaDocument>(keys);
            case "processing_item_applied":
                var id = keys.Needed("processing_item_id");
                return (rule, _) => rule.Applied.Contains(id);
            default: return null;
        }

        string? Lower(string key) => keys.Text(key)?.ToLowerInvariant();
    }

    public static Func<Rewriting, T, bool> State<T>(StepKeys keys)
    {
        var (key, value, op) = (keys.Needed("key"), keys.Needed("val"), keys.Word("op", "eq", "ne", "gte", "gt", "lte", "lt"));
        return (rule, _) => rule.State.TryGetValue(key, out var now) ? Compare(now, value, op) : op == "ne";
    }

    static Func<Rewriting, SigmaDocument, bool> Attribute(StepKeys keys)
    {
        var (name, op) = (keys.Needed("attribute"), keys.Word("op", "eq", "ne", "gte", "gt", "lte", "lt", "in", "not_in"));
        var values = keys.Texts("value", needed: true);
        if (values.Count != 1 && op is not ("in" or "not_in")) keys.Wrong(keys.At, $"'{op}' compares with one value.", 0);
        Func<Header, string?>? of = name switch
        {
            "id" => h => h.Id, "name" => h => h.Name, "title" => h => h.Title, "status" => h => h.Status, "level" => h => h.Level.ToString().ToLowerInvariant(), "author" => h => h.Author,
            "date" => h => h.Date, "modified" => h => h.Modified, "license" => h => h.License, "description" => h => h.Description, "taxonomy" => h => h.Taxonomy.Length == 0 ? "sigma" : h.Taxonomy, _ => null,
        };
        if (of is null) return keys.Wrong<Func<Rewriting, SigmaDocument, bool>>(keys.At, $"A rule has no attribute '{name}' that can be asked for.", (_, _) => false);
        var order = name switch { "level" => Levels, "status" => Statuses, _ => null };
        if (order is not null && values.FirstOrDefault(v => !order.Contains(v)) is { } odd) keys.Wrong(keys.At, $"'{odd}' is no {name}.", 0);
        return (_, document) =>
        {
            var now = of(document.Header);
            return op switch
            {
                "in" => values.Contains(now),
                "not_in" => !values.Contains(now),
                _ when string.IsNullOrEmpty(now) => op == "ne",
                _ when order is not null => Holds(Array.IndexOf(order, now).CompareTo(Array.IndexOf(order, values[0])), op),
                _ => Compare(now, values[0], op),
            };
        };
    }

    // Numbers as numbers, everything else (dates are written year first) by its text.
    static bool Compare(string now, string value, string op) =>
        Holds(double.TryParse(now, NumberStyles.Float, CultureInfo.InvariantCulture, out var a) && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var b) ? a.CompareTo(b) : string.CompareOrdinal(now, value), op);

    static bool Holds(int order, string op) => op switch { "eq" => order == 0, "ne" => order != 0, "gte" => order >= 0, "gt" => order > 0, "lte" => order <= 0, _ => order < 0 };
}

/// <summary>Conditions on one item.</summary>
static class ItemConditions
{
    public static Func<Rewriting, Item, bool>? Read(string type, StepKeys keys)
    {
        switch (type)
        {
            case "match_string":
                var (pattern, negate) = (keys.Expression(keys.Needed("pattern"), fromStart: true), keys.Truth("negate"));
                return Each(keys, test => Values.Text(test) is { } text && (pattern?.IsMatch(text) ?? false) != negate);
            case "match_value":
                var value = keys.Needed("value");
                return Each(keys, test => Values.Is(test, value));
            case "is_null": return Each(keys, test => test is NullTest);
            case "contains_wildcard": return Each(keys, test => test is PatternTest { Pattern.HasWildcards: true });
            case "processing_state": return RuleConditions.State<Item>(keys);
            case "processing_item_applied":
                var id = keys.Needed("processing_item_id");
                return (rule, item) => rule.WasApplied(item, id);
            default: return null;
        }
    }

    static Func<Rewriting, Item, bool> Each(StepKeys keys, Func<ValueTest, bool> holds)
    {
        var all = keys.Word("cond", "any", "all") == "all";
        return (_, item) => all ? item.Values.All(v => v.All(holds)) : item.Values.Any(v => v.Any(holds));
    }
}

/// <summary>Conditions on the name of a field; keywords have none.</summary>
static class FieldConditions
{
    public static Func<Rewriting, string?, bool>? Read(string type, StepKeys keys)
    {
        switch (type)
        {
            case "include_fields": return Listed(keys, wanted: true);
            case "exclude_fields": return Listed(keys, wanted: false);
            case "processing_state": return RuleConditions.State<string?>(keys);
            case "processing_item_applied":
                var id = keys.Needed("processing_item_id");
                return (rule, field) => field is not null && rule.WasApplied(field, id);
            default: return null;
        }
    }

    static Func<Rewriting, string?, bool> Listed(StepKeys keys, bool wanted)
    {
        var fields = keys.Texts("fields", needed: true);
        if (keys.Word("mode", "plain", "re", "regex") == "plain") return (_, field) => (field is not null && fields.Contains(field)) == wanted;
        var patterns = fields.Select(f => keys.Expression(f, fromStart: true)).ToList();
        return (_, field) => (field is not null && patterns.Exists(p => p?.IsMatch(field) ?? false)) == wanted;
    }
}

/// <summary>Values as pipelines see them: strings by their Sigma text.</summary>
static class Values
{
    public static string? Text(ValueTest test) => (test as PatternTest)?.Pattern.ToString();

    /// <param name="text">Null asks for null.</param>
    public static bool Is(ValueTest test, string? text) => test switch
    {
        NullTest => text is null,
        PatternTest pattern => text is not null && pattern.Pattern.Equals(Pattern.Parse(text)),
        NumberTest number => text is not null && (number.Source == text || number.Canonical == text),
        _ => false,
    };
}
