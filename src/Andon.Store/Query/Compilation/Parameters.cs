using System.Globalization;
using Andon.Store.Engine;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>
/// The only way a value reaches the engine: a typed parameter. Equal values share one. No text of a query is ever put into SQL.
/// </summary>
internal sealed class Parameters
{
    readonly Dictionary<(string Type, string Text), string> places = [];
    readonly Dictionary<string, string> values = [];

    public IReadOnlyDictionary<string, string> Values => values;

    public string Put(string type, string text)
    {
        if (places.TryGetValue((type, text), out var place)) return place;
        var name = string.Create(CultureInfo.InvariantCulture, $"p{values.Count + 1}");
        values[name] = text;
        return places[(type, text)] = $"{{{name}:{type}}}";
    }

    public string String(string value) => Put("String", value);
    public string Long(long value) => Put("Int64", value.ToString(CultureInfo.InvariantCulture));
    public string Count(long value) => Put("UInt64", value.ToString(CultureInfo.InvariantCulture));

    public string Real(double value) => double.IsNaN(value) ? Put("Float64", "nan")
        : double.IsInfinity(value) ? Put("Float64", value > 0 ? "inf" : "-inf")
        : Put("Float64", value.ToString("R", CultureInfo.InvariantCulture));

    public string Strings(IEnumerable<string> values) => Put("Array(String)", QueryParameters.Array(values));
    public string Longs(IEnumerable<long> values) => Put("Array(Int64)", $"[{string.Join(',', values.Select(v => v.ToString(CultureInfo.InvariantCulture)))}]");

    // The engine shows 1900 to 2299; a bound beyond them compares like the edge.
    static readonly long FirstMs = new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    static readonly long LastMs = new DateTimeOffset(2299, 12, 31, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public string Instant(long ms) => $"fromUnixTimestamp64Milli({Long(Math.Clamp(ms, FirstMs, LastMs))}, 'UTC')";

    public static string EngineType(Kind kind) => kind switch
    {
        Kind.Bool => "Bool",
        Kind.Long or Kind.TimeSpan => "Int64",
        Kind.Real => "Float64",
        Kind.DateTime => "DateTime64(3, 'UTC')",
        Kind.Ip => "IPv6",
        _ => "String",
    };

    /// <summary>Engine text of an expression, constants included.</summary>
    public string Text(Sql sql)
    {
        if (!sql.IsConstant) return sql.Text;
        if (sql.IsNull) return sql.Type.Kind == Kind.List ? "CAST([] AS Array(String))" : $"CAST(NULL AS Nullable({EngineType(sql.Type.Kind)}))";
        return (sql.Type.Kind, sql.Value) switch
        {
            (Kind.Bool, bool b) => b ? "true" : "false",
            (Kind.Long or Kind.TimeSpan, long n) => Long(n),
            (Kind.Real, double d) => Real(d),
            (Kind.Real, long n) => Real(n),
            (Kind.DateTime, long ms) => Instant(ms),
            (Kind.List, string[] items) => Strings(items),
            (Kind.List, long[] items) => Longs(items),
            (_, string s) => String(s),
            (_, null) => String(""),
            _ => throw new InvalidOperationException($"No parameter for a {sql.Type.Name} of {sql.Value!.GetType().Name}."),
        };
    }
}
