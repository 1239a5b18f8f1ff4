using System.Globalization;
using System.Text;
using Andon.Model;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Compilation;

/// <summary>What a query is compiled for: the instant that <c>now()</c> means and the range and limit that the request names.</summary>
internal sealed record CompileFor(long NowMs, long? FromMs = null, long? ToMs = null, int Limit = Limits.RowsDefault)
{
    /// <summary>Only events of these records, in the table that the query begins with.</summary>
    public Stretch? Stretch { get; init; }
}

/// <summary>Records from a position up to, not including, another. The order of arrival, without gaps or latecomers.</summary>
internal readonly record struct Stretch(ulong From, ulong To);

/// <summary>A column of the answer.</summary>
internal sealed record AnswerColumn(string Name, KType Type);

/// <summary>A compiled query: one SELECT with its parameters.</summary>
internal sealed record Compiled(string Sql, IReadOnlyDictionary<string, string> Parameters, IReadOnlyList<AnswerColumn> Columns, bool Bounded);

/// <summary>
/// From syntax to SQL, in named rewrites: resolve tables and lets (<see cref="Open"/>), resolve fields and fold constants (<see cref="Binder"/>),
/// push the time range into the scan, order tests cheapest first (<see cref="Shape.Where"/>), close into subqueries only where an
/// operator needs it (<see cref="Close"/>), write out (<see cref="Finish"/>).
/// </summary>
internal sealed class Compiler(Faults faults, CompileFor ask)
{
    readonly Dictionary<string, Let> lets = [];
    readonly HashSet<string> opening = [];
    int aliases;
    bool stretched;

    public Faults Faults { get; } = faults;
    public CompileFor Ask { get; } = ask;
    public Parameters Parameters { get; } = new();
    /// <summary>Did the query itself bound the time of what it reads?</summary>
    public bool TimeBounded { get; set; }
    public IReadOnlyDictionary<string, Let> Lets => lets;

    public string Alias() => string.Create(CultureInfo.InvariantCulture, $"c{++aliases}");

    public Compiled? Compile(Statement statement)
    {
        Declare(statement);
        var shape = Run(statement.Body);
        return Faults.Any || shape.Foreign ? null : Finish(shape);
    }

    /// <summary>Counts the rows of the leading row-keeping operators by time bucket.</summary>
    public Compiled? CompileHistogram(Statement statement, long fromMs, long bucketMs)
    {
        Declare(statement);
        var leading = statement.Body.Operators.TakeWhile(o => o.KeepsRows).ToList();
        var shape = Run(statement.Body with { Operators = leading });
        if (shape.Time is null) Faults.Add("KQL032", 0, "Only queries over events have a histogram.", "Begin with a table: Events | where …");
        if (Faults.Any || shape.Foreign) return null;
        if (shape.Limit is not null) shape = Close(shape);
        var sql = $"SELECT intDiv(toUnixTimestamp64Milli({shape.Time}) - {Parameters.Long(fromMs)}, {Parameters.Long(bucketMs)}) AS b, toInt64(count()) AS n FROM {shape.From}{shape.Where} GROUP BY b ORDER BY b";
        return new(sql, Parameters.Values, [new("bucket", KType.Long), new("count", KType.Long)], Bounded: true);
    }

    void Declare(Statement statement)
    {
        foreach (var let in statement.Lets)
            if (!lets.TryAdd(let.Name, let)) Faults.Add("KQL003", let.At, $"`{let.Name}` is named twice.", "Give the second another name.");
    }

    public Shape Run(Pipeline pipeline)
    {
        var shape = pipeline.Source.Open(this);
        foreach (var step in pipeline.Operators)
        {
            shape = step.Apply(shape, this);
            if (shape.From.Length > Limits.SqlCharsMax)
            {
                Faults.Add("KQL006", step.At, $"The query grows beyond {Limits.SqlCharsMax} characters of engine text (SqlCharsMax).", "Split it.");
                return Foreign();
            }
        }
        return shape;
    }

    public static Shape Foreign() => new() { From = "", Foreign = true, Open = true, Bag = Tables.BagParts, Time = "timestamp" };

    /// <summary>A table, or a let that is one.</summary>
    public Shape Open(int at, string name)
    {
        if (lets.TryGetValue(name, out var let))
        {
            if (let is LetBad) return Foreign();
            if (let is LetTable table)
            {
                if (!opening.Add(name))
                {
                    Faults.Add("KQL020", at, $"`{name}` is made of itself.", "Break the circle.");
                    return Foreign();
                }
                var inner = Run(table.Table);
                opening.Remove(name);
                return inner;
            }
            Faults.Add("KQL020", at, $"`{name}` is a value, not a table.", "A pipeline begins with a table.");
            return Foreign();
        }
        if (!Tables.All.TryGetValue(name, out var known))
        {
            var near = Words.Nearest(name, Tables.All.Keys.Concat(lets.Keys));
            Faults.Add("KQL020", at, $"There is no table `{name}`.", near is null ? $"Tables are {string.Join(", ", Tables.All.Keys.Order(StringComparer.Ordinal))}." : $"`{near}`?");
            return Foreign();
        }
        var shape = known.Open();
        var time = shape.Time;
        if (Ask.FromMs is { } from) shape.Tests.Add(new($"{time} >= {Parameters.Instant(from)}", 0));
        if (Ask.ToMs is { } to) shape.Tests.Add(new($"{time} < {Parameters.Instant(to)}", 0));
        if (Ask.Stretch is { } stretch && !stretched)
        {
            stretched = true;
            if (!known.HasBag) Faults.Add("KQL084", at, $"`{name}` does not come record by record.", "Only tables of events can be followed: Events, Authentication, Process …");
            shape.Tests.Add(new($"id >= {Parameters.Long((long)EventId.At(stretch.From, 0).Value)}", 0));
            shape.Tests.Add(new($"id < {Parameters.Long((long)EventId.At(stretch.To, 0).Value)}", 0));
        }
        return shape;
    }

    /// <summary>Text of the SELECT so far, each column under a fresh name.</summary>
    public (string Text, List<Column> Columns, string? Time, string? Bag) Select(Shape shape)
    {
        var list = new StringBuilder();
        var columns = new List<Column>(shape.Columns.Count);
        string Put(string text)
        {
            var alias = Alias();
            if (list.Length > 0) list.Append(", ");
            list.Append(text).Append(" AS ").Append(alias);
            return alias;
        }
        foreach (var column in shape.Columns)
        {
            var alias = Put(Parameters.Text(column.Sql));
            columns.Add(column with { Sql = column.Sql with { Text = alias, IsConstant = false, Value = null, Aggregated = false, Index = ColumnIndex.None } });
        }
        var time = shape.Time is null ? null : Put(shape.Time);
        var bag = shape.Bag is null || !shape.Open ? null : Put(shape.Bag);
        if (list.Length == 0) Put("1");
        return ($"SELECT {list} FROM {shape.From}{shape.Where}{Tail(shape)}", columns, time, bag);
    }

    string Tail(Shape shape)
    {
        var order = shape.Order is null ? "" : $" ORDER BY {shape.Order}";
        return shape.Limit is { } limit ? $"{order} LIMIT {Parameters.Count(limit)}" : order;
    }

    /// <summary>Makes a subquery of what is there, for an operator that cannot add to it.</summary>
    public Shape Close(Shape shape)
    {
        if (shape.Foreign) return shape;
        // Without a limit an inner order means nothing.
        var (text, columns, time, bag) = Select(shape.Limit is null ? Unordered(shape) : shape);
        return new Shape { From = $"({text})", Columns = columns, Open = shape.Open && bag is not null, Bag = bag, Time = time };
    }

    static Shape Unordered(Shape shape)
    {
        var copy = shape.With(shape.Columns);
        copy.Order = null;
        return copy;
    }

    /// <summary>The whole query: columns in the forms that travel, the answer's limit, one row more to know whether it was reached.</summary>
    Compiled? Finish(Shape shape)
    {
        var bounded = shape.Limit is { } own && own <= Ask.Limit;
        var limit = bounded ? shape.Limit!.Value : (long)Ask.Limit + 1;
        var list = new StringBuilder();
        foreach (var column in shape.Columns)
        {
            if (list.Length > 0) list.Append(", ");
            list.Append(Travelling(column.Sql)).Append(" AS ").Append(Alias());
        }
        if (list.Length == 0) list.Append("1 AS ").Append(Alias());
        var order = shape.Order is null ? "" : $" ORDER BY {shape.Order}";
        var sql = $"SELECT {list} FROM {shape.From}{shape.Where}{order} LIMIT {Parameters.Count(limit)}";
        if (sql.Length > Limits.SqlCharsMax)
        {
            Faults.Add("KQL006", 0, $"The query grows beyond {Limits.SqlCharsMax} characters of engine text (SqlCharsMax).", "Split it, or use fewer strings.");
            return null;
        }
        return new(sql, Parameters.Values, [.. shape.Columns.Select(c => new AnswerColumn(c.Name, c.Sql.Type))], bounded);
    }

    string Travelling(Sql sql)
    {
        var text = Parameters.Text(sql);
        return sql.Type.Kind switch
        {
            Kind.DateTime => $"toUnixTimestamp64Milli({text})",
            Kind.Bool => $"toUInt8({text})",
            Kind.Real => $"toFloat64({text})",
            Kind.Long or Kind.TimeSpan => $"toInt64({text})",
            Kind.Ip => SqlText.IpText(text, nullable: sql.Nullable, keepNull: true),
            Kind.List or Kind.Bag => $"toJSONString({text})",
            _ => $"toString({text})",
        };
    }
}
