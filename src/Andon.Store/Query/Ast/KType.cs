namespace Andon.Store.Query.Ast;

/// <summary>What a value is. <see cref="Loose"/> is a bag value: text that may be compared as a number, date or truth value too.</summary>
internal enum Kind { Unknown, Bool, Long, Real, String, DateTime, TimeSpan, Json, List, Ip, Loose, Bag }

/// <summary>Type of an expression; <paramref name="Of"/> is the element of a list.</summary>
internal readonly record struct KType(Kind Kind, Kind Of = Kind.Unknown)
{
    public static readonly KType Unknown = new(Kind.Unknown);
    public static readonly KType Bool = new(Kind.Bool);
    public static readonly KType Long = new(Kind.Long);
    public static readonly KType Real = new(Kind.Real);
    public static readonly KType String = new(Kind.String);
    public static readonly KType DateTime = new(Kind.DateTime);
    public static readonly KType TimeSpan = new(Kind.TimeSpan);
    public static readonly KType Json = new(Kind.Json);
    public static readonly KType Ip = new(Kind.Ip);
    public static readonly KType Loose = new(Kind.Loose);
    public static readonly KType Bag = new(Kind.Bag);
    public static KType ListOf(Kind of) => new(Kind.List, of);

    /// <summary>The type that a word of a declaration means; null when it is none.</summary>
    public static KType? Read(string word) => word switch
    {
        "string" or "guid" or "uuid" or "uniqueid" => String,
        "long" or "int" or "int32" or "int64" => Long,
        "real" or "double" or "decimal" or "float" => Real,
        "bool" or "boolean" => Bool,
        "datetime" or "date" => DateTime,
        "timespan" or "time" => TimeSpan,
        "dynamic" => Json,
        _ => null,
    };

    /// <summary>Values that have text as they are: no null, only the empty string.</summary>
    public bool IsText => Kind is Kind.String or Kind.Loose or Kind.Json;
    public bool IsNumber => Kind is Kind.Long or Kind.Real;

    /// <summary>Name as a Kusto author knows it.</summary>
    public string Name => Kind switch
    {
        Kind.Bool => "bool",
        Kind.Long => "long",
        Kind.Real => "real",
        Kind.String or Kind.Ip or Kind.Loose => "string",
        Kind.DateTime => "datetime",
        Kind.TimeSpan => "timespan",
        Kind.Json or Kind.List or Kind.Bag => "dynamic",
        _ => "unknown",
    };
}
