using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Andon.Store.Engine;

/// <summary>Select streams its rows; Tell (EXPLAIN, SHOW …) reads too but comes whole; Command changes.</summary>
enum StatementKind { Select, Tell, Insert, Command }

/// <summary>
/// One request of the ClickHouse HTTP interface, understood. What a real server would do with a parameter that we do not know is
/// not known either, so an unknown one is refused, never ignored.
/// </summary>
sealed partial record EngineRequest(
    StatementKind Kind, string Sql, string Format, string Database, string Settings, bool WaitForEnd,
    IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    /// <summary>Settings that a request may carry, and what a connection goes back to when it does not.</summary>
    static readonly (string Name, string Default, bool Text)[] Known =
    [
        ("max_execution_time", "60", false),
        ("timeout_overflow_mode", "throw", true),
        ("max_memory_usage", "0", false),
        ("max_result_rows", "0", false),
        ("max_result_bytes", "0", false),
        ("result_overflow_mode", "throw", true),
        ("max_rows_to_read", "0", false),
        ("max_bytes_to_read", "0", false),
        ("read_overflow_mode", "throw", true),
        ("max_block_size", "65409", false),
        ("use_query_condition_cache", "1", false),
        // Latest rows first: a part is not opened before its turn, and nothing is read ahead that a limit makes useless.
        ("read_in_order_use_virtual_row", "1", false),
        ("read_in_order_use_buffering", "0", false),
        ("insert_deduplication_token", "", true),
        ("output_format_json_escape_forward_slashes", "1", false),
    ];

    static readonly System.Buffers.SearchValues<char> NumberCharacters = System.Buffers.SearchValues.Create("0123456789.");

    public static EngineRequest Read(IQueryCollection url, string body)
    {
        string database = "default", format = "TabSeparated", sql = "";
        var wait = false;
        var parameters = new List<KeyValuePair<string, string>>();
        var told = new Dictionary<string, string>();
        foreach (var (name, values) in url)
        {
            var value = values.ToString();
            if (name == "query") sql = value;
            else if (name == "database") database = value.Length > 0 && IdentifierPattern().IsMatch(value) ? value : throw Bad(36, $"bad database name {value}");
            else if (name == "default_format") format = IdentifierPattern().IsMatch(value) ? value : throw Bad(73, $"unknown format {value}");
            else if (name == "wait_end_of_query") wait = value is "1" or "true";
            else if (name is "query_id" or "cancel_http_readonly_queries_on_client_close" or "buffer_size") { } // This worker always does what these ask for.
            else if (name.StartsWith("param_", StringComparison.Ordinal)) parameters.Add(new(name[6..], value));
            else if (Array.Exists(Known, k => k.Name == name)) told[name] = SafeValuePattern().IsMatch(value) ? value : throw Bad(36, $"bad value of {name}");
            else throw Bad(115, $"Unknown setting '{name}'");
        }
        if (body.Length > 0) sql = sql.Length == 0 ? body : $"{sql}\n{body}";
        if (string.IsNullOrWhiteSpace(sql)) throw Bad(62, "empty query");

        if (FormatPattern().Match(sql) is { Success: true } named)
        {
            format = named.Groups["format"].Value;
            sql = sql[..named.Index];
        }
        if (SqlGuard.Forbidden(sql) is { } forbidden) throw Bad(497, $"the function {forbidden} is not allowed here");
        var first = FirstWordPattern().Match(sql).Groups["word"].Value.ToUpperInvariant();
        var kind = first switch
        {
            "INSERT" => StatementKind.Insert,
            "SELECT" or "WITH" => StatementKind.Select,
            "SHOW" or "DESCRIBE" or "DESC" or "EXPLAIN" or "EXISTS" => StatementKind.Tell,
            _ => StatementKind.Command,
        };
        return new(kind, sql, format, database, SettingsOf(told), wait, parameters);
    }

    static string SettingsOf(Dictionary<string, string> told)
    {
        var text = new StringBuilder("SET ");
        foreach (var (name, standard, isText) in Known)
        {
            var value = told.GetValueOrDefault(name, standard);
            if (!isText && (value.Length == 0 || value.AsSpan().ContainsAnyExcept(NumberCharacters))) throw Bad(36, $"bad value of {name}");
            if (text.Length > 4) text.Append(", ");
            text.Append(name).Append(" = ");
            if (isText) text.Append('\'').Append(value).Append('\'');
            else text.Append(value);
        }
        return text.ToString();
    }

    static ChdbException Bad(int code, string what) => new($"Code: {code}. DB::Exception: {what}");

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdentifierPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_.:\-]{0,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SafeValuePattern();

    [GeneratedRegex(@"\s+FORMAT\s+(?<format>[A-Za-z][A-Za-z0-9]*)\s*;?\s*\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.RightToLeft | RegexOptions.ExplicitCapture)]
    private static partial Regex FormatPattern();

    [GeneratedRegex(@"^(\s|--[^\n]*\n|/\*.*?\*/)*\(*\s*(?<word>[A-Za-z]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex FirstWordPattern();
}
