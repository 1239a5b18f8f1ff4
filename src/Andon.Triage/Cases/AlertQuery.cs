using System.Globalization;
using Andon.Store.Engine;
using Andon.Triage.Signals;

namespace Andon.Triage.Cases;

/// <summary>
/// The alerts of a case in the alerts table: those of its signals' rules on their entities in their times. One statement whatever the
/// number of signals; every value travels as a typed parameter.
/// </summary>
internal static class AlertQuery
{
    const string Where = """
        WHERE queue = 'production'
          AND timestamp >= fromUnixTimestamp64Milli({from:Int64}) AND timestamp <= fromUnixTimestamp64Milli({to:Int64})
          AND rule_id IN {ruleSet:Array(String)}
          AND arrayExists((r, e, a, z) -> rule_id = r AND (has(entities, e) OR startsWith(e, 'many:') OR concat('source:', source_id) = e)
            AND toUnixTimestamp64Milli(timestamp) >= a AND toUnixTimestamp64Milli(timestamp) <= z,
            {rules:Array(String)}, {entities:Array(String)}, {firsts:Array(Int64)}, {lasts:Array(Int64)})
        """;

    public const string Count = "SELECT count() AS n FROM alerts " + Where;

    public const string Page = """
        SELECT event_id, toUnixTimestamp64Milli(timestamp) AS time_ms, rule_id, title, level, author, source_id, fields, entities, contributing
        FROM alerts
        """ + "\n" + Where + "\nORDER BY timestamp DESC, block DESC, number DESC LIMIT {take:UInt64} OFFSET {skip:UInt64}";

    public static Dictionary<string, string> Parameters(CaseState c, int skip, int take)
    {
        var signals = c.Signals.Where(s => s.Opened.RuleId != "manual").ToList();
        string Times(Func<Signal, long> of) => $"[{string.Join(',', signals.Select(s => of(s).ToString(CultureInfo.InvariantCulture)))}]";
        long First(Signal s) => Math.Max(0, s.Opened.FirstMs - Limits.SignalGapMs);
        return new()
        {
            ["from"] = (signals.Count == 0 ? 0 : signals.Min(First)).ToString(CultureInfo.InvariantCulture),
            ["to"] = (signals.Count == 0 ? 0 : signals.Max(s => s.LastMs)).ToString(CultureInfo.InvariantCulture),
            ["ruleSet"] = QueryParameters.Array(signals.Select(s => s.Opened.RuleId).Distinct()),
            ["rules"] = QueryParameters.Array(signals.Select(s => s.Opened.RuleId)),
            ["entities"] = QueryParameters.Array(signals.Select(s => s.Opened.Entity)),
            ["firsts"] = Times(First),
            ["lasts"] = Times(s => s.LastMs),
            ["skip"] = Math.Max(0, skip).ToString(CultureInfo.InvariantCulture),
            ["take"] = Math.Clamp(take, 1, Limits.AlertsPageMax).ToString(CultureInfo.InvariantCulture),
        };
    }

    public static Dictionary<string, string> Without(Dictionary<string, string> parameters, params string[] names) =>
        parameters.Where(p => !names.Contains(p.Key)).ToDictionary();
}
