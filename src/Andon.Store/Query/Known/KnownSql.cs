using Andon.Model;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Known;

/// <summary>
/// What the house knows, as SQL over its facts: each relation is the fold that the rooms do, done by the engine when it is asked. A row is a
/// thing; a column is what the facts of certain types last said of it.
/// </summary>
static class KnownSql
{
    /// <summary>The facts that a person may see. Withheld is each fact that names a hidden id, and those of its signals and runs.</summary>
    public static string Facts(Parameters parameters, Sight sight)
    {
        var tests = new List<string>();
        if (!sight.Secrets) tests.AddRange(FactTypes.Secret.Select(p => $"NOT startsWith(type, '{p}')"));
        if (!sight.Cases) tests.Add($"type IN ({OfOthers})");
        if (sight.Hidden.Count > 0)
        {
            var named = parameters.Strings(sight.Hidden.Order(StringComparer.Ordinal));
            tests.Add($"NOT hasAny(subjects, {named})");
            // A finding says at its place of which case it is.
            tests.Add($"NOT (type = 'finding.raised' AND has({parameters.Strings(sight.Hidden.Order(StringComparer.Ordinal).Select(id => "case:" + id))}, JSONExtractString(body, 'finding', 'place')))");
            tests.Add("NOT hasAny(subjects, (SELECT groupUniqArrayArray(if(type = 'case.regrouped', JSONExtract(body, 'signalIds', 'Array(String)'), [if(type = 'signal.joined', JSONExtractString(body, 'signalId'), JSONExtractString(body, 'runId'))]))"
                + $" FROM {FactTable.Name} WHERE type IN ('signal.joined', 'run.started', 'case.regrouped') AND hasAny(subjects, {named})))");
        }
        return tests.Count == 0 ? FactTable.Name : $"(SELECT seq, at, type, actor, cause, subjects, body FROM {FactTable.Name} WHERE {string.Join(" AND ", tests)})";
    }

    /// <summary>Facts that are not about cases, for who may not see these. What a later version wrote is not among them.</summary>
    static readonly string OfOthers = string.Join(", ", FactTypes.Every.Where(t => !FactTypes.IsOfCases(t)).Select(t => $"'{FactTypes.NameOf(t)}'").Order(StringComparer.Ordinal));

    /// <summary>Each case that went into another and did not come back, and the one that is left at the end of the way.</summary>
    static string Roots(string facts) => $"""
        (WITH RECURSIVE merged AS (
            SELECT gone, arrayFold((was, x) -> if(x.2 = '' OR was = '', x.2, was), arraySort(groupArray((seq, into))), '') AS kept
            FROM (SELECT seq, JSONExtractString(body, 'caseId') AS gone, if(type = 'case.merged', JSONExtractString(body, 'intoCaseId'), '') AS into FROM {facts} WHERE type IN ('case.merged', 'case.unmerged'))
            GROUP BY gone HAVING kept != ''),
          way AS (SELECT gone, kept, 1 AS steps FROM merged UNION ALL SELECT w.gone AS gone, m.kept AS kept, w.steps + 1 AS steps FROM way AS w INNER JOIN merged AS m ON m.gone = w.kept WHERE w.steps < 100)
          SELECT gone, argMax(kept, steps) AS kept FROM way GROUP BY gone)
        """;

    public static string Signals(string facts) => $"""
        (SELECT l.*, if(r.kept != '', r.kept, l.lives) AS case_id FROM {Living(facts)} AS l LEFT JOIN {Roots(facts)} AS r ON r.gone = l.lives)
        """;

    /// <summary>Signals, each with the case that it lives in, whether that stands on its own or not.</summary>
    static string Living(string facts) => $"""
        (SELECT s.*, if(v.home != '', v.home, s.joined) AS lives FROM (
          SELECT b.1 AS signal_id, argMinIf(b.2, seq, type = 'signal.joined') AS joined,
            anyIf(b.3, type = 'signal.opened') AS rule_id, anyIf(b.4, type = 'signal.opened') AS title, anyIf(b.5, type = 'signal.opened') AS level, anyIf(b.6, type = 'signal.opened') AS entity,
            arraySort(groupUniqArrayArray(arrayMap(e -> concat(lower(e.1), ':', e.2), b.7))) AS entities,
            anyIf(b.8, type = 'signal.opened') AS tactics, anyIf(b.9, type = 'signal.opened') AS techniques, anyIf(b.10, type = 'signal.opened') AS source_id,
            toInt64(greatest(1, max(b.11))) AS alerts,
            fromUnixTimestamp64Milli(anyIf(b.12, type = 'signal.opened'), 'UTC') AS first,
            fromUnixTimestamp64Milli(greatest(anyIf(b.12, type = 'signal.opened'), max(b.13)), 'UTC') AS last,
            anyIf(b.14, type = 'signal.opened') AS surprise, anyIf(b.15, type = 'signal.opened') AS reliability,
            minIf(at, type = 'signal.opened') AS opened, max(at) AS changed
          FROM (SELECT seq, at, type, JSONExtract(body, 'Tuple(signalId String, caseId String, ruleId String, title String, level String, entity String, entities Array(Tuple(kind String, value String)), tactics Array(String), techniques Array(String), sourceId String, count Int64, firstMs Int64, lastMs Int64, surprise Float64, reliability Float64)') AS b
            FROM {facts} WHERE type IN ('signal.opened', 'signal.repeated', 'signal.joined'))
          GROUP BY signal_id HAVING countIf(type = 'signal.opened') > 0) AS s
        LEFT JOIN (SELECT moved, argMax(if(own != '', own, into), seq) AS home FROM (
            SELECT seq, JSONExtractString(body, 'toCaseId') AS into, arrayJoin(JSONExtract(body, 'signalIds', 'Array(String)')) AS moved, JSONExtractString(body, 'toHomes', moved) AS own
            FROM {facts} WHERE type = 'case.regrouped') GROUP BY moved) AS v ON v.moved = s.signal_id)
        """;

    const string Card = "Tuple(lane String, owner String, state String, into String, given UInt8, tied UInt64, taken UInt64)";

    /// <summary>
    /// Lane, owner and state of the cases that ever merged. One fold over all of them, as a merge gives an owner and a lane that were made in
    /// another case, and its undoing takes them back unless someone took or moved the card since.
    /// </summary>
    static string Families(string facts) => $"""
        (SELECT card.1 AS of, card.2 AS held FROM (
          SELECT arrayJoin(arrayZip(mapKeys(cards), mapValues(cards))) AS card FROM (
            SELECT arrayFold((was, x) -> arrayMap((me, other, there) -> mapUpdate(was, CAST(map(
                x.3, multiIf(
                  x.2 = 'card.pulled', (if(me.1 IN ('', 'new'), 'triage', me.1), x.4, me.3, me.4, me.5, me.6, x.1),
                  x.2 = 'card.moved', (x.4, if(x.4 = 'new', '', me.2), me.3, me.4, me.5, me.6, x.1),
                  x.2 = 'case.closed', ('closed', me.2, 'closed', me.4, me.5, me.6, me.7),
                  x.2 = 'case.reopened' AND me.3 = 'closed', (if(me.2 = '', 'new', 'triage'), me.2, 'open', me.4, me.5, me.6, me.7),
                  x.2 = 'case.merged' AND other != '', (me.1, me.2, me.3, other, toUInt8(there.2 = '' AND me.2 != ''), x.1, me.7),
                  x.2 = 'case.unmerged', (me.1, me.2, me.3, '', toUInt8(0), toUInt64(0), me.7),
                  me),
                other, multiIf(
                  x.2 = 'case.merged' AND there.2 = '' AND me.2 != '', (me.1, me.2, there.3, there.4, there.5, there.6, there.7),
                  x.2 = 'case.unmerged' AND me.5 = 1 AND there.2 = me.2 AND there.7 <= me.6, (if(there.1 = 'closed', 'closed', 'new'), '', there.3, there.4, there.5, there.6, there.7),
                  there)), 'Map(String, {Card})')),
                [was[x.3]], [multiIf(x.2 = 'case.merged' AND was[x.3].4 = '' AND x.4 != x.3, x.4, x.2 = 'case.unmerged', was[x.3].4, '')],
                [was[multiIf(x.2 = 'case.merged' AND was[x.3].4 = '' AND x.4 != x.3, x.4, x.2 = 'case.unmerged', was[x.3].4, '')]])[1],
              arraySort(groupArray((seq, what, id, other))), CAST(map(), 'Map(String, {Card})')) AS cards
            FROM (SELECT seq, toString(type) AS what, JSONExtractString(body, 'caseId') AS id, JSONExtractString(body, multiIf(type = 'card.pulled', 'owner', type = 'card.moved', 'to', 'intoCaseId')) AS other
              FROM {facts} WHERE type IN ('card.pulled', 'card.moved', 'case.closed', 'case.reopened', 'case.merged', 'case.unmerged'))
            WHERE id IN (SELECT arrayJoin([JSONExtractString(body, 'caseId'), JSONExtractString(body, 'intoCaseId')]) FROM {facts} WHERE type = 'case.merged')))
         WHERE of != '')
        """;

    /// <summary>Lane, owner and state are what the facts say one after the other: pulling, moving, closing and reopening build on each other.</summary>
    public static string Cases(string facts) => $"""
        (SELECT c.*, if(f.of != '', f.held, CAST((c.fold.1, c.fold.2, c.fold.3, '', 0, 0, 0), '{Card}')) AS card, ifNull(r.kept, '') AS merged_into, card.2 AS owner,
            if(merged_into != '', 'merged', if(card.3 = 'closed', 'closed', 'open')) AS state, if(merged_into != '', '', if(card.1 = '', 'new', card.1)) AS lane,
            if(card.3 = 'closed', c.closed_at, NULL) AS closed, if(card.3 = 'closed', c.last_verdict, '') AS verdict, if(card.3 = 'closed', c.last_reason, '') AS reason,
            if(card.3 = 'closed', c.last_controls, []) AS controls_failed, if(card.3 = 'closed', c.last_stage, '') AS earliest_missed_stage, if(card.3 = 'closed', c.last_effort, 0) AS effort_minutes,
            if(merged_into != '', c.case_id, '') AS apart, if(merged_into != '', merged_into, c.case_id) AS root,
            if(apart != '', 0, toInt64(sum(n.signals) OVER (PARTITION BY root))) AS signals, if(apart != '', 0, toInt64(sum(n.alerts) OVER (PARTITION BY root))) AS alerts,
            if(apart != '', [], arraySort(groupUniqArrayArray(n.rules) OVER (PARTITION BY root))) AS rules, if(apart != '', [], arraySort(groupUniqArrayArray(n.entities) OVER (PARTITION BY root))) AS entities
        FROM (
          SELECT b.1 AS case_id, anyIf(b.2, type = 'case.opened') AS number, anyIf(b.3, type = 'case.opened') AS title, if(countIf(type = 'card.routed') > 0, argMaxIf(to_what, seq, type = 'card.routed'), anyIf(b.4, type = 'case.opened')) AS domain, anyIf(b.5, type = 'case.opened') AS manual,
            argMaxIf(score, seq, type = 'priority.shifted') AS priority,
            arrayFold((was, x) -> multiIf(
                x.2 = 'card.pulled', (if(was.1 = 'new', 'triage', was.1), x.4, was.3),
                x.2 = 'card.moved', (x.3, if(x.3 = 'new', '', was.2), was.3),
                x.2 = 'case.closed', ('closed', was.2, 'closed'),
                was.3 = 'closed', (if(was.2 = '', 'new', 'triage'), was.2, 'open'),
                was), arraySort(groupArrayIf((seq, toString(type), to_what, b.6), type IN ('card.pulled', 'card.moved', 'case.closed', 'case.reopened'))), ('new', '', 'open')) AS fold,
            maxIf(at, type = 'case.closed') AS closed_at, argMaxIf(b.7, seq, type = 'case.closed') AS last_verdict, argMaxIf(b.8, seq, type = 'case.closed') AS last_reason,
            argMaxIf(b.9, seq, type = 'case.closed') AS last_controls, argMaxIf(b.10, seq, type = 'case.closed') AS last_stage, argMaxIf(b.11, seq, type = 'case.closed') AS last_effort,
            toInt64(countIf(type = 'case.noted')) AS notes, minIf(at, type = 'case.opened') AS opened, max(at) AS changed
          FROM (SELECT seq, at, type, if(type = 'priority.shifted', JSONExtractFloat(body, 'to'), 0) AS score, if(type IN ('card.moved', 'card.routed'), JSONExtractString(body, 'to'), '') AS to_what,
              JSONExtract(body, 'Tuple(caseId String, number Int64, title String, domain String, manual Bool, owner String, verdict String, reason String, controlsFailed Array(String), earliestMissedStage String, effortMinutes Int64)') AS b
            FROM {facts} WHERE type IN ('case.opened', 'case.closed', 'case.reopened', 'case.noted', 'case.merged', 'case.unmerged', 'card.pulled', 'card.moved', 'card.routed', 'priority.shifted'))
          GROUP BY case_id HAVING countIf(type = 'case.opened') > 0) AS c
        LEFT JOIN {Roots(facts)} AS r ON r.gone = c.case_id
        LEFT JOIN {Families(facts)} AS f ON f.of = c.case_id
        LEFT JOIN (SELECT lives AS counted, count() AS signals, sum(alerts) AS alerts, groupUniqArray(rule_id) AS rules, groupUniqArrayArray(entities) AS entities FROM {Living(facts)} WHERE lives != '' GROUP BY lives) AS n ON n.counted = c.case_id)
        """;

    public static string Sources(string facts) => $"""
        (SELECT s.*, if(length(a.ailments) > 0, 'ailing', 'well') AS state, a.ailments AS ailments, a.since AS ailing_since FROM (
          SELECT b.1 AS source_id, anyIf(b.2, type = 'source.discovered') AS listener, anyIf(b.3, type = 'source.discovered') AS host, anyIf(b.4, type = 'source.discovered') AS dataset,
            argMaxIf(if(type = 'source.owned', b.5, c.1), seq, type IN ('source.owned', 'source.described')) AS name,
            argMaxIf(if(type = 'source.owned', b.6, c.2), seq, type IN ('source.owned', 'source.described')) AS owner,
            argMaxIf(if(type = 'source.owned', b.7, c.3), seq, type IN ('source.owned', 'source.described')) AS unit,
            argMaxIf(c.4, seq, type = 'source.described') AS criticality, argMaxIf(c.5, seq, type = 'source.described') AS data_class, argMaxIf(c.6, seq, type = 'source.described') AS retention,
            argMaxIf(c.7, seq, type = 'source.described') AS asset_id, argMaxIf(c.8, seq, type = 'source.described') AS tags, argMaxIf(c.9, seq, type = 'source.described') AS confirmed,
            argMaxIf(JSONHas(body, 'after'), seq, type = 'source.contracted') = 1 AS contracted, sumIf(b.8, type = 'source.lost') AS lost_events,
            minIf(at, type = 'source.discovered') AS discovered, max(at) AS changed
          FROM (SELECT seq, at, type, body,
              JSONExtract(body, 'Tuple(sourceId String, listener String, host String, dataset String, name String, owner String, unit String, missing Int64)') AS b,
              JSONExtract(body, 'after', 'Tuple(name String, owner String, unit String, criticality Float64, dataClass String, retention String, assetId String, tags Array(String), confirmed Bool)') AS c
            FROM {facts} WHERE type IN ('source.discovered', 'source.owned', 'source.described', 'source.contracted', 'source.lost'))
          GROUP BY source_id HAVING countIf(type = 'source.discovered') > 0) AS s
        LEFT JOIN (SELECT arrayJoin(about) AS ill, arraySort(groupUniqArray(ailment)) AS ailments, min(since) AS since FROM (
            SELECT JSONExtractString(body, 'alarmId') AS alarm, anyIf(JSONExtract(body, 'sourceIds', 'Array(String)'), type = 'source.alarmed') AS about,
              anyIf(JSONExtractString(body, 'ailment'), type = 'source.alarmed') AS ailment, minIf(at, type = 'source.alarmed') AS since
            FROM {facts} WHERE type IN ('source.alarmed', 'source.recovered') GROUP BY alarm HAVING countIf(type = 'source.recovered') = 0) GROUP BY ill) AS a ON a.ill = s.source_id)
        """;

    public static string Assets(string facts) => $"""
        (SELECT s.*, toInt64(w.open) AS open_windows FROM (
          SELECT b.1 AS asset_id, argMax(b.2, seq) AS name, argMax(b.3, seq) AS addresses, argMax(b.4, seq) AS zone, argMax(b.5, seq) AS criticality, argMax(b.6, seq) AS owner, argMax(b.7, seq) AS unit,
            argMax(b.8, seq) AS reachable, argMax(b.9, seq) AS crown_jewel, argMax(b.10, seq) AS roles, max(at) AS changed
          FROM (SELECT seq, at, JSONExtract(body, 'Tuple(assetId String, name String, addresses Array(String), zone String, criticality Float64, owner String, unit String, reachable Bool, crownJewel Bool, roles Array(String))') AS b
            FROM {facts} WHERE type = 'asset.stated') GROUP BY asset_id) AS s
        LEFT JOIN (SELECT asset_id AS exposed, count() AS open FROM {Windows(facts)} WHERE state = 'open' GROUP BY asset_id) AS w ON w.exposed = s.asset_id)
        """;

    static string Windows(string facts) => $"""
        (SELECT b.1 AS window_id, anyIf(b.2, type = 'window.opened') AS asset_id, anyIf(b.3, type = 'window.opened') AS cve, anyIf(b.4, type = 'window.opened') AS package, anyIf(b.5, type = 'window.opened') AS kev,
            argMax(b.6, seq) AS why, minIf(at, type = 'window.opened') AS opened, if(countIf(type = 'window.closed') > 0, maxIf(at, type = 'window.closed'), NULL) AS closed,
            if(countIf(type = 'window.closed') > 0, 'closed', 'open') AS state, max(at) AS changed
          FROM (SELECT seq, at, type, JSONExtract(body, 'Tuple(windowId String, assetId String, cve String, package String, kev Bool, why String)') AS b FROM {facts} WHERE type IN ('window.opened', 'window.closed'))
          GROUP BY window_id HAVING countIf(type = 'window.opened') > 0)
        """;

    public static string Exposure(string facts) => $"""
        (SELECT w.*, a.* FROM {Windows(facts)} AS w
         LEFT JOIN (SELECT asset_id AS of, name AS asset, addresses, zone, criticality, owner, unit, crown_jewel FROM {Assets(facts)}) AS a ON a.of = w.asset_id)
        """;
}
