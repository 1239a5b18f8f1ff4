using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query;

/// <summary>A value that a query is asked with; it becomes <c>let name = value</c> in front of it.</summary>
/// <param name="Type">string, long, real, bool, datetime, timespan or list (a JSON list of texts, or texts parted by commas).</param>
public sealed record SearchValue(string Name, string Type, string? Value);

/// <summary>Values as lets. They are bound as syntax nodes: no text of a value is ever read as a query.</summary>
internal static class SearchValues
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly IReadOnlyList<string> Types = ["string", "long", "real", "bool", "datetime", "timespan", "list"];

    public static Statement Bind(Statement statement, IReadOnlyList<SearchValue>? values, Faults faults)
    {
        if (values is null || values.Count == 0) return statement;
        if (values.Count > Limits.ParametersMax)
        {
            faults.Add("KQL110", 0, $"{values.Count} parameters are too many.", $"{Limits.ParametersMax} at most (ParametersMax).");
            return statement;
        }
        var lets = new List<Let>(values.Count + statement.Lets.Count);
        foreach (var value in values)
        {
            if (RefuseName(value.Name) is { } why) faults.Add("KQL111", 0, $"'{value.Name}' cannot name a parameter: {why}.", "Letters, digits and underscores, beginning with a letter.");
            else if (value.Value is null) faults.Add("KQL112", 0, $"The parameter `{value.Name}` has no value.", "Give one, or give the parameter a default.");
            else if (Read(value.Type, value.Value) is { } read) lets.Add(new LetValue(0, value.Name, read));
            else faults.Add("KQL113", 0, $"'{Cut(value.Value)}' is no {value.Type} for the parameter `{value.Name}`.", Hint(value.Type));
        }
        return statement with { Lets = [.. lets, .. statement.Lets] };
    }

    public static string? RefuseName(string name)
    {
        if (name.Length is 0 or > 40 || !char.IsAsciiLetter(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) return "it is no plain word";
        return Ecs.Fields.Any(f => f.Name == name) || Tables.All["Events"].Columns.Any(c => c.Name == name) || Tables.All["Alerts"].Columns.Any(c => c.Name == name) || Tables.All.ContainsKey(name) || Tables.TimeNames.Contains(name)
            ? "a table or column has that name" : null;
    }

    /// <summary>The value as a syntax node; null when it is none of that type.</summary>
    public static Expr? Read(string type, string value) => type switch
    {
        "string" => new Literal(0, KType.String, value),
        "long" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? new Literal(0, KType.Long, n) : null,
        "real" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d) ? new Literal(0, KType.Real, d) : null,
        "bool" => value is "true" or "false" ? new Literal(0, KType.Bool, value == "true") : null,
        "datetime" => Spans.ReadInstant(value) is { } ms ? new Literal(0, KType.DateTime, ms) : null,
        "timespan" => Spans.Read(value) is { } span ? new Literal(0, KType.TimeSpan, span) : null,
        "list" => Items(value) is { Count: <= Limits.ListItemsMax } items ? new DynamicLiteral(0, JsonSerializer.Serialize(items, Plain)) : null,
        _ => null,
    };

    static List<string>? Items(string value)
    {
        if (!value.AsSpan().TrimStart().StartsWith("[")) return [.. value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        try
        {
            return JsonSerializer.Deserialize<List<string>>(value);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string Cut(string value) => value.Length <= 60 ? value : value[..59] + "…";

    static string Hint(string type) => type switch
    {
        "long" => "A whole number: 10",
        "real" => "A number: 0.5",
        "bool" => "true or false",
        "datetime" => "2026-03-02T08:00:00Z",
        "timespan" => "15m, 4h, 1d",
        "list" => """alice, bob; or ["alice", "bob"]""",
        _ => $"Types are {string.Join(", ", Types)}.",
    };

    /// <summary>What a search is asked with: what was given, else its defaults.</summary>
    public static IReadOnlyList<SearchValue> Of(IReadOnlyList<SearchParameter> parameters, IReadOnlyDictionary<string, string>? given) =>
        [.. parameters.Select(p => new SearchValue(p.Name, p.Type, given?.GetValueOrDefault(p.Name) ?? p.Default))];
}
