using System.Globalization;
using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>Reads a correlation's condition: bounds on a number, or an expression over rule names.</summary>
static class CorrelationConditionReader
{
    public sealed record Result(List<Bound> Bounds, List<string> Fields, Condition? Expression, double Percentile)
    {
        public static readonly Result None = new([], [], null, 0);
    }

    public static Result Read(YamlMap body, string type, CorrelationKind? kind, FindingSink sink)
    {
        if (kind is null) return Result.None; // What belongs in the condition depends on the type.
        var temporal = kind is CorrelationKind.Temporal or CorrelationKind.TemporalOrdered;
        switch (body.Get("condition"))
        {
            case null when temporal:
                if (type.EndsWith("_extended", StringComparison.Ordinal)) sink.Error("SIG086", body.At, $"{type} needs an expression over rule names.", "For example 'condition: rule_a and not rule_b'.");
                return Result.None;
            case YamlScalar { Kind: ScalarKind.Text } text when temporal:
                return ConditionReader.Read(text.Text, text.At, sink) is { } expression && Known(expression, text.At, sink) ? Result.None with { Expression = expression } : Result.None;
            case YamlScalar text:
                sink.Error("SIG086", text.At, "A condition over rule names is for temporal and temporal_ordered.", "For example 'condition: { gte: 10 }'.");
                return Result.None;
            case YamlMap map:
                return Numbers(map, type, kind.Value, sink);
            case var node:
                sink.Error("SIG086", node?.At ?? body.At, "The correlation has no condition.", "For example 'condition: { gte: 10 }'.");
                return Result.None;
        }
    }

    /// <summary>The rules of an expression in their order; a list beside it must hold the same.</summary>
    public static List<string> Names(Condition expression, List<string> listed, YamlMap body, FindingSink sink, bool ordered)
    {
        var used = RuleExpression.Names(expression).ToList();
        var at = body.Get("condition")!.At;
        if (body.Get("rules") is not null)
        {
            foreach (var name in listed.Except(used)) sink.Error("SIG098", at, $"The rule '{name}' is listed, and the condition does not use it.", "Use it in the condition, or take it from the list.");
            foreach (var name in used.Except(listed)) sink.Error("SIG098", at, $"The condition uses the rule '{name}', which is not listed.", "Add it to 'rules', or leave 'rules' out.");
        }
        // At least one listed rule has matched where there is a window at all.
        if (used.Count <= 12 && !Enumerable.Range(1, (1 << used.Count) - 1).Any(set => RuleExpression.Holds(expression, name => (set >> used.IndexOf(name) & 1) == 1)))
            sink.Error("SIG089", at, "The condition can never hold: a window begins with a match of one of its rules.", "Silence cannot be found by a correlation; name a rule that must match.");
        if (ordered && RuleExpression.Ways(expression, Limits.CorrelationAlternativesMax) is null)
            sink.Error("SIG098", at, $"The condition has more than {Limits.CorrelationAlternativesMax} ways to come true in order.", "Split it into several correlations.");
        return used;
    }

    public static void WithinRules(Result read, int rules, YamlMap body, FindingSink sink)
    {
        if (read.Bounds.Count > 0 && !Enumerable.Range(1, rules).Any(n => read.Bounds.All(b => b.Holds(n))))
            sink.Error("SIG089", body.Get("condition")!.At, $"The condition can never hold: {rules} rules are listed.", "Give a number of distinct rules between 1 and that.");
    }

    static bool Known(Condition expression, Mark at, FindingSink sink)
    {
        switch (expression)
        {
            case AndCondition and: return and.Parts.All(p => Known(p, at, sink));
            case OrCondition or: return or.Parts.All(p => Known(p, at, sink));
            case NotCondition not: return Known(not.Inner, at, sink);
            case NameCondition: return true;
            default:
                sink.Error("SIG098", at, $"'{expression}' does not belong in a correlation's condition.", "Name each rule; join the names with and, or, not.");
                return false;
        }
    }

    static Result Numbers(YamlMap map, string type, CorrelationKind kind, FindingSink sink)
    {
        var bounds = new List<Bound>();
        var fields = new List<string>();
        double? percentile = null;
        var valued = kind is not (CorrelationKind.EventCount or CorrelationKind.Temporal or CorrelationKind.TemporalOrdered);
        var numeric = valued && kind != CorrelationKind.ValueCount;
        foreach (var (key, value) in map.Entries)
        {
            if (key.Text == "field" && valued)
            {
                if (value is YamlScalar { Kind: not ScalarKind.Null } one && one.Text.Length > 0) fields = [one.Text];
                else if (value is YamlList list && list.Items.Count > 0 && list.Items.All(i => i is YamlScalar { Kind: not ScalarKind.Null })) fields = [.. list.Items.Select(i => ((YamlScalar)i).Text)];
                else sink.Error("SIG088", value.At, "'field' is the name of a field.", "For example 'field: user.name'.");
                continue;
            }
            if (key.Text == "percentile" && type == "value_percentile")
            {
                if (value is YamlScalar { IsNumber: true } p && Real(p, out var n) && n is >= 0 and <= 100) percentile = n;
                else sink.Error("SIG095", value.At, "'percentile' is a number from 0 to 100.", "For example 'percentile: 95'.");
                continue;
            }
            CompareOp? op = key.Text switch { "gt" => CompareOp.Gt, "gte" => CompareOp.Gte, "lt" => CompareOp.Lt, "lte" => CompareOp.Lte, "eq" => CompareOp.Eq, "neq" => CompareOp.Neq, _ => null };
            if (op is null)
                sink.Error("SIG087", key.At, $"'{key.Text}' does not belong in this condition.", "gt, gte, lt, lte, eq, neq" + (valued ? ", field" : "") + (type == "value_percentile" ? ", percentile." : "."));
            else if (numeric)
            {
                if (value is YamlScalar { IsNumber: true } real && Real(real, out var n)) bounds.Add(new(op.Value, n));
                else sink.Error("SIG087", value.At, $"'{key.Text}' needs a number.", "For example 'gt: 1.5'.");
            }
            else if (value is not YamlScalar { Kind: ScalarKind.Integer } number || !long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) || n < 0)
                sink.Error("SIG087", value.At, $"'{key.Text}' needs a whole number from 0 on.", "For example 'gte: 10'.");
            else if (n > Limits.CorrelationThresholdMax)
                sink.Error("SIG096", value.At, $"'{key.Text}' is above {Limits.CorrelationThresholdMax}, the most that is counted in one window.", "Shorten the timespan and lower the number.");
            else bounds.Add(new(op.Value, n));
        }
        if (valued && fields.Count == 0 && map.Get("field") is null) sink.Error("SIG088", map.At, $"{type} needs the field whose values it looks at.", "Add 'field:' to the condition.");
        if (numeric && fields.Count > 1) sink.Error("SIG088", map.Get("field")!.At, $"{type} takes one field.", "Write a correlation for each.");
        if (type == "value_percentile" && percentile is null && map.Get("percentile") is null)
            sink.Error("SIG095", map.At, "A percentile of text has no meaning that programs agree on, so value_percentile without 'percentile: N' is not evaluated.",
                "Add 'percentile: 95' for the 95th percentile of a numeric field; for rare values write value_count.");
        if (bounds.Count == 0) sink.Error("SIG086", map.At, "The condition names no number.", "For example 'gte: 10'.");
        else if (kind is CorrelationKind.TemporalOrdered) sink.Error("SIG086", map.At, "temporal_ordered takes no number: all listed rules must match in order.", "Remove the condition.");
        else Contradictions(bounds, whole: !numeric, map, sink);
        return new(bounds, fields, null, percentile ?? 50);
    }

    static bool Real(YamlScalar scalar, out double value) =>
        double.TryParse(scalar.CanonicalNumber(), NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    static void Contradictions(List<Bound> bounds, bool whole, YamlMap map, FindingSink sink)
    {
        if (bounds.Count > 2) { sink.Error("SIG089", map.At, "At most two operators make a range.", "For example 'gt: 100' and 'lte: 200'."); return; }
        if (bounds.Count == 2)
        {
            var low = bounds.Find(b => b.Op is CompareOp.Gt or CompareOp.Gte);
            var high = bounds.Find(b => b.Op is CompareOp.Lt or CompareOp.Lte);
            if (!bounds.Any(b => b.Op is CompareOp.Gt or CompareOp.Gte) || !bounds.Any(b => b.Op is CompareOp.Lt or CompareOp.Lte))
            {
                sink.Error("SIG089", map.At, "Two operators must be a lower and an upper bound.", "For example 'gt: 100' and 'lte: 200'.");
                return;
            }
            var empty = whole ? low.Value + (low.Op == CompareOp.Gt ? 1 : 0) > high.Value - (high.Op == CompareOp.Lt ? 1 : 0)
                : low.Value > high.Value || (low.Value == high.Value && (low.Op == CompareOp.Gt || high.Op == CompareOp.Lt));
            if (empty) { sink.Error("SIG089", map.At, "The two bounds exclude each other.", "The lower bound must be below the upper one."); return; }
        }
        // A group exists from its first event on: nothing is ever counted as 0.
        if (whole && bounds.Any(b => (b.Op is CompareOp.Lt && b.Value <= 1) || (b.Op is CompareOp.Lte or CompareOp.Eq && b.Value < 1)))
            sink.Error("SIG089", map.At, "The condition can never hold: a group that was never seen is not counted as 0.", "Silence cannot be found by a correlation; ask for at least 1.");
    }
}
