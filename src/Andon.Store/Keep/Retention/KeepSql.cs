using System.Globalization;
using System.Text;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;

namespace Andon.Store.Keep.Retention;

/// <summary>A condition on rows, and its values: what a person wrote is never in the text.</summary>
sealed class KeepSql
{
    const long DayMs = 24L * 3600 * 1000;

    public Dictionary<string, string> Values { get; } = [];

    string Value(string type, object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"k{Values.Count}");
        Values[name] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return $"{{{name}:{type}}}";
    }

    string Texts(IEnumerable<string> values) => Value("Array(String)", QueryParameters.Array(values));

    /// <summary>True for the rows of a class: those that fit it and none that is asked before it.</summary>
    public string ClassRows(TableModel table, string classId, IReadOnlyList<RetentionClass> classes, IReadOnlyDictionary<string, string> sourceClasses)
    {
        if (table.Name == EventTables.Alerts.Name) return "1";
        var own = classes.Where(c => !RetentionBook.IsBuiltIn(c.ClassId)).ToList();
        // The catalogue's word for a source goes first; one that no class is called by counts for nothing.
        var named = sourceClasses.Where(s => s.Value == RetentionBook.Default || own.Any(c => c.ClassId == s.Value)).ToList();
        var mine = named.Where(s => s.Value == classId).Select(s => s.Key).ToList();
        var byPattern = new StringBuilder(classId == RetentionBook.Default ? "1" : Fits(own.First(c => c.ClassId == classId).Terms));
        foreach (var before in own.TakeWhile(c => c.ClassId != classId)) byPattern.Append(" AND NOT ").Append(Fits(before.Terms));
        if (named.Count == 0) return $"({byPattern})";
        return $"(if(log_source_id IN {Texts(named.Select(s => s.Key))}, log_source_id IN {Texts(mine.Count == 0 ? ["\0"] : mine)}, {byPattern}))";
    }

    string Fits(RetentionTerms terms)
    {
        var all = new List<string>();
        if (terms.Sources.Count > 0) all.Add(Any(terms.Sources, "log_source_id"));
        if (terms.Datasets.Count > 0) all.Add(Any(terms.Datasets, "event_dataset"));
        if (terms.Types.Count > 0) all.Add($"arrayExists(t -> {Any(terms.Types, "t")}, event_type)");
        return all.Count == 0 ? "(1)" : $"({string.Join(" AND ", all)})";
    }

    string Any(IReadOnlyList<string> patterns, string column) => $"({string.Join(" OR ", patterns.Select(p => $"{column} LIKE {Value("String", Like(p))}"))})";

    /// <summary>A star is any text; everything else means itself.</summary>
    internal static string Like(string pattern) => pattern.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal).Replace('*', '%');

    /// <summary>True for rows that some hold is about.</summary>
    public string HeldRows(TableModel table, IReadOnlyList<LegalHold> holds, Func<string, CaseScope?> scopeOf)
    {
        var any = holds.Select(h => Held(table.Name == EventTables.Alerts.Name, h.Scope, scopeOf)).ToList();
        return any.Count == 0 ? "0" : $"({string.Join(" OR ", any)})";
    }

    string Held(bool alerts, HoldScope scope, Func<string, CaseScope?> scopeOf)
    {
        var all = new List<string>();
        if (scope.SourceId is { Length: > 0 } source) all.Add($"{(alerts ? "source_id" : "log_source_id")} = {Value("String", source)}");
        if (scope.Host is { Length: > 0 } host) all.Add(Hosts(alerts, [host]));
        Times(all, scope.FromMs, scope.ToMs);
        if (scope.CaseId is { Length: > 0 } caseId && scopeOf(caseId) is { } about)
        {
            var any = new List<string>();
            if (about.Hosts.Count > 0) any.Add(Hosts(alerts, about.Hosts));
            if (about.Users.Count > 0) any.Add(alerts ? Entities("user", about.Users) : $"lower(user_name) IN {Texts(about.Users.Select(u => u.ToLowerInvariant()))}");
            if (about.Addresses.Count > 0)
                any.Add(alerts ? Entities("ip", about.Addresses) : $"(replaceOne(toString(ifNull(source_ip, toIPv6('::'))), '::ffff:', '') IN {Texts(about.Addresses)} OR replaceOne(toString(ifNull(destination_ip, toIPv6('::'))), '::ffff:', '') IN {Texts(about.Addresses)})");
            // A case without any of them holds its whole time.
            if (any.Count > 0) all.Add($"({string.Join(" OR ", any)})");
            Times(all, about.FromMs - DayMs, about.ToMs + DayMs);
        }
        // A case whose signals are not known (any more) holds everything rather than nothing.
        return all.Count == 0 ? "1" : $"({string.Join(" AND ", all)})";
    }

    string Hosts(bool alerts, IReadOnlyList<string> hosts) => alerts ? Entities("host", hosts) : $"lower(host_name) IN {Texts(hosts.Select(h => h.ToLowerInvariant()))}";

    string Entities(string kind, IReadOnlyList<string> values) => $"hasAny(entities, {Texts(values.Select(v => $"{kind}:{v.ToLowerInvariant()}"))})";

    void Times(List<string> all, long? fromMs, long? toMs)
    {
        if (fromMs is { } from) all.Add($"timestamp >= fromUnixTimestamp64Milli({Value("Int64", from)})");
        if (toMs is { } to) all.Add($"timestamp < fromUnixTimestamp64Milli({Value("Int64", to)})");
    }

    /// <summary>True for rows that came in before that time: a late archive is kept as long as if it had happened now.</summary>
    public string CameBefore(TableModel table, long ms) => $"{(table.Name == EventTables.Alerts.Name ? "detected" : "event_ingested")} < fromUnixTimestamp64Milli({Value("Int64", ms)})";

    public string OfDay(uint day) => $"toYYYYMMDD(timestamp) = {Value("UInt32", day)}";
}
