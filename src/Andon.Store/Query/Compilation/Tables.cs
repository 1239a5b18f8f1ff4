using System.Collections.Frozen;
using Andon.Model;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>A column of the store: how authors name it, what the engine calls it, how it is read.</summary>
internal sealed record StoreColumn(string Name, string Engine, KType Type, bool Nullable, int Cost, string Meaning, ColumnIndex Index = ColumnIndex.None);

/// <summary>A table as authors see it: a view over one of the store's tables.</summary>
internal sealed record Table(string Name, string Engine, string Meaning, string? Condition, IReadOnlyList<StoreColumn> Columns, bool HasBag)
{
    /// <summary>Made of the facts that a person may see, which it is given; null for a table that is stored as it is.</summary>
    public Func<string, string>? Made { get; init; }
    /// <summary>Holds what is now: a range of time does not bound it.</summary>
    public bool Now { get; init; }

    /// <summary>What it is read from, as whoever asks may see it.</summary>
    public string Rows(Parameters parameters, Sight sight)
    {
        var from = Made is null ? Engine : Made(Known.KnownSql.Facts(parameters, sight));
        return sight.Mask is null ? from : sight.Mask.Over(this, from, parameters);
    }

    public Shape Open(Compiler compiler)
    {
        var shape = new Shape
        {
            From = Rows(compiler.Parameters, compiler.Ask.Sight),
            Columns = [.. Columns.Select(c => new Column(c.Name, new Sql(c.Engine, c.Type, c.Nullable, c.Cost) { Index = c.Index }, c.Meaning))],
            Open = HasBag,
            Bag = HasBag ? Tables.BagParts : null,
            Time = Made is null ? "timestamp" : Columns[0].Engine,
        };
        if (Condition is not null) shape.Tests.Add(new(Condition, 1));
        return shape;
    }
}

/// <summary>The tables Andon has. Engine names come from here and from nowhere else.</summary>
internal static class Tables
{
    /// <summary>Name of the time column, and the names under which other products' queries ask for it.</summary>
    public const string Time = "@timestamp";
    public static readonly FrozenSet<string> TimeNames = new[] { Time, "timestamp", "Timestamp", "TimeGenerated" }.ToFrozenSet();

    public const string BagName = "bag";
    public const string EventTable = "events";
    /// <summary>What a field without a column is read from: texts, places in raw, raw. One expression, so that it travels through subqueries as one.</summary>
    public const string BagParts = "tuple(bag, spans, raw)";
    public const string RawName = "event.original";

    static readonly StoreColumn[] EventColumns = [.. Ecs.Fields.Where(f => f.Column).Select(EventColumn), new(BagName, Andon.Store.Events.EventTables.WholeBag, KType.Bag, false, 6, "Every field without a column of its own.")];

    public static readonly FrozenDictionary<string, Table> All = new[]
    {
        Events("Events", "Every event.", null),
        Events("Authentication", "Sign-ins and sign-offs: event.category has authentication.", Category("authentication")),
        Events("Process", "Programs started and ended: event.category has process.", Category("process")),
        Events("Network", "Connections: event.category has network.", Category("network")),
        Events("Dns", "Name look-ups: events with dns.question.name.", "dns_question_name != ''"),
        Events("Http", "Web requests: event.category has web, or a request method.", $"({Category("web")} OR http_request_method != '')"),
        new Table("Alerts", "alerts", "Matches of detection rules.", null, AlertColumns(), HasBag: false),
    }.Concat(Known.KnownTables.All).ToFrozenDictionary(t => t.Name);

    /// <summary>Catalogue fields that live in the bag but are numbers.</summary>
    public static readonly FrozenDictionary<string, EcsField> Plain = Ecs.Fields.Where(f => !f.Column).ToFrozenDictionary(f => f.Name);

    static Table Events(string name, string meaning, string? condition) => new(name, EventTable, meaning, condition, EventColumns, HasBag: true);

    static string Category(string category) => $"has(event_category, '{category}')";

    static StoreColumn EventColumn(EcsField field)
    {
        if (field.Id == Ecs.EventOriginal) return new(field.Name, "raw", KType.String, false, 5, field.Meaning, ColumnIndex.Terms);
        if (field.Id == Ecs.AndonEventId)
            return new(field.Name, EventIdText("id"), KType.String, false, 2, field.Meaning);
        var (type, nullable) = (field.Type, field.Many) switch
        {
            (_, true) => (KType.ListOf(Kind.String), false),
            (FieldType.Ip, _) => (KType.Ip, true),
            (FieldType.Long, _) => (KType.Long, true),
            (FieldType.Boolean, _) => (KType.Loose, false),
            (FieldType.Date, _) => (KType.DateTime, false),
            _ => (KType.String, false),
        };
        return new(field.Name, field.ColumnName, type, nullable, field.Type switch { FieldType.Date => 0, FieldType.Text => 3, _ when field.Many => 2, _ => 1 }, field.Meaning,
            field.Id == Ecs.ProcessCommandLine ? ColumnIndex.Grams : ColumnIndex.None);
    }

    static StoreColumn[] AlertColumns() =>
    [
        new(Time, "timestamp", KType.DateTime, false, 0, "Time of the event that completed the match."),
        new("detected", "detected", KType.DateTime, false, 0, "When the rule matched."),
        new("event_id", EventIdText("event_id"), KType.String, false, 2, "That event."),
        new("rule_id", "rule_id", KType.String, false, 1, "Rule that matched."),
        new("title", "title", KType.String, false, 1, "Its title."),
        new("author", "author", KType.String, false, 1, "Its author."),
        new("level", "level", KType.String, false, 1, "informational, low, medium, high or critical."),
        new("queue", "queue", KType.String, false, 1, "production, testing or input."),
        new("tags", "tags", KType.ListOf(Kind.String), false, 2, "Sigma tags."),
        new("source_id", "source_id", KType.String, false, 1, "Log source in the catalogue."),
        new("entities", "entities", KType.ListOf(Kind.String), false, 2, "What it is about: kind:value."),
        new("fields", "fields", KType.Bag, false, 6, "Fields that the rule shows or matched on."),
        new("contributing", $"arrayMap(x -> {EventIdText("x")}, contributing)", KType.ListOf(Kind.String), false, 3, "Further events of a correlation."),
    ];

    static string EventIdText(string id) => $"concat(toString(bitShiftRight({id}, 12)), '.', toString(bitAnd({id}, 4095)))";
}
