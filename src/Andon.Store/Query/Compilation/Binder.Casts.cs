using System.Globalization;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>The same value as another type. Null becomes the empty string as text; text that is no number becomes null.</summary>
internal sealed partial class Binder
{
    /// <summary>As text, as tostring() gives it: never null.</summary>
    public Sql AsText(Sql of)
    {
        if (of.Type.Kind == Kind.String) return of;
        if (of.IsNull) return Sql.String("");
        if (of is { IsConstant: true, Value: long n } && of.Type.Kind == Kind.Long) return Sql.String(n.ToString(CultureInfo.InvariantCulture));
        if (of is { IsConstant: true, Value: bool b }) return Sql.String(b ? "true" : "false");
        var text = T(of);
        var made = of.Type.Kind switch
        {
            Kind.Loose => text,
            Kind.Json => SqlText.JsonText(text),
            Kind.Ip => SqlText.IpText(text, of.Nullable, keepNull: false),
            Kind.List or Kind.Bag => $"toJSONString({text})",
            Kind.DateTime => Filled(of, $"concat(replaceOne(toString({text}), ' ', 'T'), '0000Z')"),
            Kind.TimeSpan => Filled(of, SpanText(text)),
            Kind.Bool => Filled(of, $"if({text}, 'true', 'false')", text),
            _ => Filled(of, $"toString({text})"),
        };
        return new(made, KType.String, false, of.Cost) { Aggregated = of.Aggregated };
    }

    static string Filled(Sql of, string text, string? test = null) =>
        !of.Nullable ? text : test is null ? $"ifNull({text}, '')" : $"if(isNull({test}), '', {text})";

    /// <summary>d.hh:mm:ss.fffffff, without the parts that are zero at either end.</summary>
    static string SpanText(string ms) =>
        $"concat(if({ms} < 0, '-', ''), if(abs({ms}) >= 86400000, concat(toString(intDiv(abs({ms}), 86400000)), '.'), ''), " +
        $"leftPad(toString(intDiv(abs({ms}) % 86400000, 3600000)), 2, '0'), ':', leftPad(toString(intDiv(abs({ms}) % 3600000, 60000)), 2, '0'), ':', " +
        $"leftPad(toString(intDiv(abs({ms}) % 60000, 1000)), 2, '0'), if(abs({ms}) % 1000 > 0, concat('.', leftPad(toString(abs({ms}) % 1000), 3, '0'), '0000'), ''))";

    public Sql AsLong(Sql of)
    {
        if (of.Type.Kind == Kind.Long) return of;
        if (of.IsNull) return Sql.Constant(KType.Long, null);
        if (of.ConstantText is { } constant) return Sql.Constant(KType.Long, long.TryParse(constant, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null);
        var text = T(of);
        return of.Type.Kind switch
        {
            Kind.String or Kind.Loose => Made($"toInt64OrNull({text})", KType.Long, true, of),
            Kind.Json => Made($"multiIf(startsWith({text}, '\"'), toInt64OrNull({T(AsText(of))}), {text} IN ('true', 'false'), toInt64({text} = 'true'), ifNull(toInt64OrNull({text}), accurateCastOrNull(trunc(toFloat64OrNull({text})), 'Int64')))", KType.Long, true, of),
            // Out of range or not a number is null, never an arbitrary number.
            Kind.Real => Made($"accurateCastOrNull(trunc({text}), 'Int64')", KType.Long, true, of),
            Kind.Bool => Made($"toInt64({text})", KType.Long, of.Nullable, of),
            Kind.TimeSpan => Made($"({text} * 10000)", KType.Long, of.Nullable, of),
            Kind.DateTime => Made($"({SqlText.Ms(text)} * 10000 + 621355968000000000)", KType.Long, of.Nullable, of),
            _ => Made($"toInt64OrNull({T(AsText(of))})", KType.Long, true, of),
        };
    }

    public Sql AsReal(Sql of)
    {
        if (of.Type.Kind == Kind.Real) return of;
        if (of.IsNull) return Sql.Constant(KType.Real, null);
        if (of is { IsConstant: true, Value: long n } && of.Type.Kind == Kind.Long) return Sql.Constant(KType.Real, (double)n);
        var text = T(of);
        return of.Type.Kind switch
        {
            Kind.Long or Kind.Bool => Made($"toFloat64({text})", KType.Real, of.Nullable, of),
            Kind.String or Kind.Loose => Made($"toFloat64OrNull({text})", KType.Real, true, of),
            _ => Made($"toFloat64OrNull({T(AsText(of))})", KType.Real, true, of),
        };
    }

    public Sql AsTime(Sql of)
    {
        if (of.Type.Kind == Kind.DateTime) return of;
        if (of.IsNull) return Sql.Constant(KType.DateTime, null);
        if (of.ConstantText is { } text) return Sql.Constant(KType.DateTime, Parsing.Spans.ReadInstant(text));
        return Made(SqlText.InstantOf(T(AsText(of))), KType.DateTime, true, of);
    }

    /// <summary>As a span; numbers count ticks of 100 ns, as in Kusto.</summary>
    public Sql AsSpan(Sql of)
    {
        if (of.Type.Kind == Kind.TimeSpan) return of;
        if (of.IsNull) return Sql.Constant(KType.TimeSpan, null);
        if (of.ConstantText is { } text) return Sql.Constant(KType.TimeSpan, Parsing.Spans.ReadCut(text));
        if (of.Type.Kind == Kind.Long) return Made($"intDiv({T(of)}, 10000)", KType.TimeSpan, of.Nullable, of);
        return Made(SqlText.SpanOf(T(AsText(of))), KType.TimeSpan, true, of);
    }

    public Sql AsBool(Sql of)
    {
        if (of.Type.Kind == Kind.Bool) return of;
        if (of.IsNull) return Sql.Constant(KType.Bool, null);
        var text = T(of);
        return of.Type.IsNumber
            ? Made($"({text} != 0)", KType.Bool, of.Nullable, of)
            : Made($"multiIf(lower({T(AsText(of))}) IN ('true', '1'), true, lower({T(AsText(of))}) IN ('false', '0'), false, NULL)", KType.Bool, true, of);
    }

    static Sql Made(string text, KType type, bool nullable, Sql from) => new(text, type, nullable, from.Cost) { Aggregated = from.Aggregated };

    // What a function or operator accepts ---------------------------------------------------------------------

    /// <summary>Text for a function that wants text: numbers and times must be cast by the author, as in Kusto.</summary>
    public Sql WantText(int at, Sql of, string by)
    {
        if (of.Type.IsText || of.Type.Kind is Kind.Ip or Kind.List or Kind.Bag) return AsText(of);
        if (of.Type.Kind == Kind.Unknown) return of;
        Fault("KQL013", at, $"`{by}` wants a string, not a {of.Type.Name}.", "Use tostring().");
        return Sql.String("");
    }

    public Sql WantNumber(int at, Sql of, string by)
    {
        if (of.Type.IsNumber || of.Type.Kind == Kind.Unknown) return of;
        if (of.Type.Kind is Kind.Loose or Kind.Json) return AsReal(of);
        Fault("KQL013", at, $"`{by}` wants a number, not a {of.Type.Name}.", "Use tolong() or todouble().");
        return Sql.Long(0);
    }

    public Sql WantLong(int at, Sql of, string by)
    {
        if (of.Type.Kind is Kind.Long or Kind.Unknown) return of;
        if (of.Type.Kind is Kind.Loose or Kind.Json) return AsLong(of);
        Fault("KQL013", at, $"`{by}` wants a whole number, not a {of.Type.Name}.", "Use tolong().");
        return Sql.Long(0);
    }

    public Sql WantTime(int at, Sql of, string by)
    {
        if (of.Type.Kind is Kind.DateTime or Kind.Unknown) return of;
        if (of.Type.Kind is Kind.Loose or Kind.Json) return AsTime(of);
        Fault("KQL013", at, $"`{by}` wants a datetime, not a {of.Type.Name}.", "Use datetime(…) or todatetime().");
        return Sql.Constant(KType.DateTime, 0L);
    }
}
