namespace Andon.Bench.Searching;

/// <summary>One question in both languages. Both answers have the same number of rows, or the run stops.</summary>
sealed record Question(string Group, string Name, string Kql, string Sql)
{
    static readonly string Hour = "datetime(2026-03-04T10:00:00Z) .. datetime(2026-03-04T10:59:59.999Z)";
    const string SqlHour = "ts BETWEEN '2026-03-04 10:00:00' AND '2026-03-04 10:59:59.999'";

    /// <summary>Nine questions in four groups, as analysts ask a log store: drill down, count, group, time.</summary>
    public static readonly Question[] Nine =
    [
        new("drill", "one user within an hour", $"Events | where timestamp between ({Hour}) and user.name == 'user17' | project timestamp, host.name, event.action, event.original",
            $"SELECT ts, host, action, raw FROM events WHERE {SqlHour} AND usr = 'user17'"),
        new("drill", "latest 200 of a host, raw", "Events | where host.name == 'lnx7' | top 200 by timestamp desc | project timestamp, event.action, event.original",
            "SELECT ts, action, raw FROM (SELECT * FROM events WHERE host = 'lnx7' ORDER BY ts DESC LIMIT 200)"),
        new("drill", "service by command line", "Events | where event.dataset == 'windows.sysmon' and process.command_line contains 'service2718' | project timestamp, host.name, user.name, process.command_line",
            "SELECT ts, host, usr, command_line FROM events WHERE dataset = 'windows.sysmon' AND command_line ILIKE '%service2718%'"),
        new("count", "failed sign-ins", "Events | where event.dataset == 'system.auth' and event.outcome == 'failure' | count",
            "SELECT count(*) FROM events WHERE dataset = 'system.auth' AND outcome = 'failure'"),
        new("count", "addresses that failed", "Events | where event.outcome == 'failure' | summarize n = dcount(source.ip)",
            "SELECT count(DISTINCT source_ip) FROM events WHERE outcome = 'failure'"),
        new("group", "top 20 hosts", "Events | summarize n = count() by host.name | top 20 by n",
            "SELECT host, count(*) n FROM events GROUP BY host ORDER BY n DESC LIMIT 20"),
        new("group", "top 20 failing addresses", "Events | where event.outcome == 'failure' | summarize n = count(), users = dcount(user.name) by source.ip | top 20 by n",
            "SELECT source_ip, count(*) n, count(DISTINCT usr) FROM events WHERE outcome = 'failure' GROUP BY source_ip ORDER BY n DESC LIMIT 20"),
        new("time", "per minute and dataset", "Events | summarize n = count() by bin(timestamp, 1m), event.dataset",
            "SELECT date_trunc('minute', ts) m, dataset, count(*) n FROM events GROUP BY m, dataset"),
        new("time", "guessing in 5 minutes", "Events | where event.dataset == 'system.auth' and event.outcome == 'failure' | summarize n = count() by bin(timestamp, 5m), source.ip | where n > 3",
            "SELECT time_bucket(INTERVAL 5 MINUTE, ts) m, source_ip, count(*) n FROM events WHERE dataset = 'system.auth' AND outcome = 'failure' GROUP BY m, source_ip HAVING n > 3"),
    ];
}
