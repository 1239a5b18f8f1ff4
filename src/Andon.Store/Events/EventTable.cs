using System.Globalization;
using System.Text;
using Andon.Model;

namespace Andon.Store.Events;

/// <summary>One column of a table in the event store, as the compiler of searches and the console see it.</summary>
/// <param name="Type">ClickHouse's type.</param>
/// <param name="Field">The ECS field it holds, if it is one.</param>
/// <param name="Alias">Expression of a column that is computed when read; null for a stored one.</param>
public sealed record TableColumn(string Name, string Type, string Meaning, EcsField? Field = null, string? Alias = null)
{
    internal string? Codec { get; init; }
}

/// <summary>A table: one model, from which the DDL is made. Embedded and cluster differ in the ENGINE only.</summary>
public sealed record TableModel(string Name, IReadOnlyList<TableColumn> Columns)
{
    internal IReadOnlyList<string> Indexes { get; init; } = [];
    internal string PartitionBy { get; init; } = "tuple()";
    internal string OrderBy { get; init; } = "tuple()";

    /// <summary>Stored columns in the order in which they are sent.</summary>
    internal IEnumerable<TableColumn> Stored => Columns.Where(c => c.Alias is null);

    /// <summary>Indexes that stand in place of those of the same first word when a store is asked to index its text.</summary>
    internal IReadOnlyList<string> TextIndexes { get; init; } = [];

    internal IEnumerable<string> IndexesFor(bool text) =>
        text ? Indexes.Where(i => !TextIndexes.Any(t => Column(t) == Column(i))).Concat(TextIndexes) : Indexes;

    // "ix_raw lower(`raw`) TYPE …": what is indexed.
    static string Column(string index) => index[(index.IndexOf(' ', StringComparison.Ordinal) + 1)..index.IndexOf(" TYPE", StringComparison.Ordinal)];

    internal string CreateSql(string engine, bool textIndex)
    {
        var sql = new StringBuilder("CREATE TABLE IF NOT EXISTS `").Append(Name).Append("` (\n");
        foreach (var column in Columns)
        {
            sql.Append("  `").Append(column.Name).Append("` ").Append(column.Type);
            if (column.Alias is not null) sql.Append(" ALIAS ").Append(column.Alias);
            if (column.Codec is not null) sql.Append(" CODEC(").Append(column.Codec).Append(')');
            sql.Append(",\n");
        }
        sql.Append("  ").AppendJoin(",\n  ", IndexesFor(textIndex).Select(i => "INDEX " + i));
        sql.Append("\n) ENGINE = ").Append(engine).Append("\nPARTITION BY ").Append(PartitionBy).Append("\nORDER BY ").Append(OrderBy);
        // A lost acknowledgement: the token of a batch that is sent again is known for this many inserts.
        sql.Append("\nSETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = ").Append(EventLimits.TokensKept);
        foreach (var (name, value) in Settings) sql.Append(CultureInfo.InvariantCulture, $", {name} = {value}");
        return sql.ToString();
    }

    /// <summary>
    /// What a table of a store made before gets too. Parts below a size keep all columns in one file: as a file for each column, most of what a small
    /// insert cost was to make and sync those files. And a table opens whatever a power cut broke: the record log has those rows, and an archive of a thousand days is a thousand parts.
    /// </summary>
    internal static readonly IReadOnlyList<(string Name, long Value)> Settings =
    [
        ("min_bytes_for_wide_part", EventLimits.WidePartBytesMin),
        ("max_suspicious_broken_parts", EventLimits.BrokenPartsMax),
        ("max_suspicious_broken_parts_bytes", EventLimits.BrokenPartsBytesMax),
    ];

    internal string SetSql(string setting, long value) => string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE `{Name}` MODIFY SETTING {setting} = {value}");

    internal string AddColumnSql(TableColumn column) =>
        $"ALTER TABLE `{Name}` ADD COLUMN IF NOT EXISTS `{column.Name}` {column.Type}{(column.Alias is null ? "" : $" ALIAS {column.Alias}")}{(column.Codec is null ? "" : $" CODEC({column.Codec})")}";

    internal static string IndexName(string index) => index[..index.IndexOf(' ', StringComparison.Ordinal)];

    internal string AddIndexSql(string index) => $"ALTER TABLE `{Name}` ADD INDEX IF NOT EXISTS {index}";

    /// <summary>Names of indexes that a row gets with its first merge, not when it comes: until then its column is scanned.</summary>
    internal IReadOnlyList<string> IndexesByMerge { get; init; } = [];

    internal string InsertSql => $"INSERT INTO `{Name}` ({string.Join(", ", Stored.Select(c => $"`{c.Name}`"))}){InsertSettings} FORMAT Native";

    string InsertSettings => IndexesByMerge.Count == 0 ? "" : $" SETTINGS exclude_materialize_skip_indexes_on_insert = '{string.Join(", ", IndexesByMerge)}'";
}

/// <summary>
/// The tables. Types: Keyword is LowCardinality(String), or String where values are many; Text is String; a missing string is
/// <c>''</c>. Long is Nullable(Int64), Ip is Nullable(IPv6) (IPv4 mapped), so missing is NULL and never <c>0</c> or <c>::</c>. Date is
/// DateTime64(3,'UTC'). ECS arrays are Array(…). What has no column is in <c>spans</c> when its text
/// stands in <c>raw</c> (which is most, and costs a tenth of writing it again), else in <c>bag</c>.
/// </summary>
public static class EventTables
{
    /// <summary>Keywords with so many values that a dictionary costs more than it saves.</summary>
    static readonly HashSet<string> ManyValued =
    [
        "file.path", "file.hash.sha256", "registry.path", "dns.question.name", "process.executable", "process.parent.executable",
        "related.ip", "related.user", "related.hosts", "related.hash", "andon.findings",
    ];

    /// <summary>Columns beside those of the catalogue.</summary>
    public const string Id = "id", Bag = "bag", Spans = "spans", Raw = "raw";

    /// <summary>A span is a place in raw: offset * 4096 + length, so offsets below a million and lengths below 4096; 0 is none.</summary>
    internal const int SpanLengthBits = 12, SpanLengthMax = (1 << SpanLengthBits) - 1, SpanOffsetMax = (1 << (32 - SpanLengthBits)) - 1;

    /// <summary>Text of a value that lies in raw. A map gives 0 for a name that it has not.</summary>
    internal static string SpanText(string raw, string span) => $"substring({raw}, bitShiftRight({span}, {SpanLengthBits}) + 1, bitAnd({span}, {SpanLengthMax}))";

    /// <summary>Every field without a column, as one map; dear, as it writes out each.</summary>
    internal static readonly string WholeBag = Whole("bag", "spans", "raw");

    internal static string Whole(string bag, string spans, string raw) => $"mapConcat({bag}, mapApply((k, s) -> (k, {SpanText(raw, "s")}), {spans}))";

    public static TableModel Events { get; } = new("events", [.. EventColumns()])
    {
        PartitionBy = "toYYYYMMDD(`timestamp`)",
        OrderBy = "(toStartOfHour(`timestamp`), `log_source_id`, `host_name`, `timestamp`)",
        TextIndexes = ["ix_text lower(`raw`) TYPE text(tokenizer = splitByNonAlpha) GRANULARITY 100000000"],
        Indexes =
        [
            "ix_id `id` TYPE bloom_filter(0.01) GRANULARITY 1",
            // For whoever follows the log: live tails and scheduled searches read what is new.
            "ix_position `id` TYPE minmax GRANULARITY 1",
            "ix_raw lower(`raw`) TYPE tokenbf_v1(65536, 3, 0) GRANULARITY 1",
            "ix_cmd lower(`process_command_line`) TYPE ngrambf_v1(4, 32768, 3, 0) GRANULARITY 1",
            "ix_bag mapKeys(`bag`) TYPE bloom_filter GRANULARITY 1",
            "ix_spans mapKeys(`spans`) TYPE bloom_filter GRANULARITY 1",
            "ix_user `user_name` TYPE bloom_filter GRANULARITY 1",
            "ix_source_ip `source_ip` TYPE bloom_filter GRANULARITY 1",
            "ix_sha256 `file_hash_sha256` TYPE bloom_filter GRANULARITY 1",
        ],
        // A third of what an insert of command lines or of many vendor fields cost, for columns that are short to scan while they are new.
        IndexesByMerge = ["ix_cmd", "ix_spans"],
    };

    public static TableModel Alerts { get; } = new("alerts",
    [
        new("event_id", "UInt64", "Event that completed the match; its position in the record log and its number.") { Codec = "Delta(8), ZSTD(1)" },
        new("timestamp", "DateTime64(3, 'UTC')", "Time of that event.", Ecs.Field("@timestamp")) { Codec = "Delta(8), ZSTD(1)" },
        new("detected", "DateTime64(3, 'UTC')", "When the rule matched.") { Codec = "Delta(8), ZSTD(1)" },
        new("rule_id", "LowCardinality(String)", "Rule that matched."),
        new("title", "LowCardinality(String)", "Its title."),
        new("author", "LowCardinality(String)", "Its author."),
        new("level", "LowCardinality(String)", "informational, low, medium, high or critical."),
        new("queue", "LowCardinality(String)", "production, testing or input."),
        new("tags", "Array(LowCardinality(String))", "Sigma tags."),
        new("source_id", "LowCardinality(String)", "Log source in the catalogue."),
        new("entities", "Array(String)", "What it is about: kind:value."),
        new("entity_roles", "Array(LowCardinality(String))", "Role of each entity, in the same order."),
        new("fields", "Map(LowCardinality(String), String)", "Fields that the rule shows or matched on."),
        new("contributing", "Array(UInt64)", "Further events of a correlation."),
        new("block", "UInt64", "Position of the hit log's block.") { Codec = "Delta(8), ZSTD(1)" },
        new("number", "UInt64", "Number within that block."),
    ])
    {
        PartitionBy = "toYYYYMMDD(`timestamp`)",
        OrderBy = "(toStartOfHour(`timestamp`), `rule_id`, `timestamp`)",
        Indexes =
        [
            "ix_event `event_id` TYPE bloom_filter(0.01) GRANULARITY 1",
            "ix_entities `entities` TYPE bloom_filter GRANULARITY 1",
            "ix_block `block` TYPE minmax GRANULARITY 1",
        ],
    };

    public static IReadOnlyList<TableModel> All { get; } = [Events, Alerts];

    static IEnumerable<TableColumn> EventColumns()
    {
        yield return new(Id, "UInt64", "Record position and number: position * 4096 + number.") { Codec = "Delta(8), ZSTD(1)" };
        foreach (var field in Ecs.Fields.Where(f => f.Column))
        {
            if (field.Id == Ecs.AndonEventId)
                yield return new(field.ColumnName, "String", field.Meaning, field, "concat(toString(bitShiftRight(`id`, 12)), '.', toString(bitAnd(`id`, 4095)))");
            else if (field.Id == Ecs.EventOriginal)
                yield return new(field.ColumnName, "String", field.Meaning, field, $"`{Raw}`");
            else
                yield return new(field.ColumnName, TypeOf(field), field.Meaning, field) { Codec = CodecOf(field) };
        }
        yield return new(Bag, "Map(LowCardinality(String), String)", "Fields without a column whose text is not in raw as it is; a repeated one is a JSON array.") { Codec = "ZSTD(1)" };
        yield return new(Spans, "Map(LowCardinality(String), UInt32)", "Fields without a column whose text stands in raw: where, and how long.") { Codec = "ZSTD(1)" };
        yield return new(Raw, "String", "The record's raw bytes.") { Codec = "ZSTD(1)" };
    }

    static string TypeOf(EcsField field)
    {
        var one = field.Type switch
        {
            FieldType.Keyword => ManyValued.Contains(field.Name) ? "String" : "LowCardinality(String)",
            FieldType.Text => "String",
            FieldType.Ip => "Nullable(IPv6)",
            FieldType.Long => "Nullable(Int64)",
            FieldType.Date => "DateTime64(3, 'UTC')",
            FieldType.Boolean => "LowCardinality(String)",
            _ => throw new InvalidOperationException($"The catalogue's type {field.Type} has no column type."),
        };
        if (!field.Many) return one;
        return field.Type is FieldType.Keyword or FieldType.Text ? $"Array({one})"
            : throw new InvalidOperationException($"Only texts may be repeated columns, {field.Name} is {field.Type}.");
    }

    static string? CodecOf(EcsField field) => field.Type switch
    {
        FieldType.Date => "Delta(8), ZSTD(1)",
        FieldType.Long or FieldType.Ip or FieldType.Text => "ZSTD(1)",
        _ => ManyValued.Contains(field.Name) ? "ZSTD(1)" : null,
    };
}
