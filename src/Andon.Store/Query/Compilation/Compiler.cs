using System.Globalization;
using System.Text;
using Andon.Model;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Compilation;

/// <summary>What a query is compiled for: the instant that <c>now()</c> means and the range and limit that the request names.</summary>
/// <param name="ForeignAsEmpty">Tables that Andon does not have are taken as empty ones instead of being refused: how a query is checked that was written elsewhere.</param>
internal sealed record CompileFor(long NowMs, long? FromMs = null, long? ToMs = null, int Limit = Limits.RowsDefault, bool ForeignAsEmpty = false)
{
    /// <summary>Only events of these records, in the table that the query begins with.</summary>
    public Stretch? Stretch { get; init; }

    /// <summary>What whoever asks may see.</summary>
    public Sight Sight { get; init; } = Sight.Nobody;
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
    Names names = new(null);
    readonly HashSet<Let> opening = new(ReferenceEqualityComparer.Instance);
    int depth;
    int uses;
    int aliases;
    bool stretched;

    public Faults Faults { get; } = faults;
    public CompileFor Ask { get; } = ask;
    public Parameters Parameters { get; } = new();
    /// <summary>Every test of rows in the order in which it was written, for whoever explains the query.</summary>
    public List<Tested> Tested { get; } = [];
    /// <summary>Did the query itself bound the time of what it reads?</summary>
    public bool TimeBounded { get; set; }
    /// <summary>Does it read what the house knows?</summary>
    public bool OfFacts { get; private set; }
    /// <summary>How often it reads the table of events, whose rows may stand for several.</summary>
    public int EventReads { get; private set; }
    /// <summary>Window functions bound so far: an operator that used one closes its shape, since nothing else may stand beside it.</summary>
    public int Windows { get; set; }
    /// <summary>Column names that only the data knows, by the text of the question (<see cref="Questions"/>).</summary>
    public Questions Questions { get; init; } = new();

    public string Alias() => string.Create(CultureInfo.InvariantCulture, $"c{++aliases}");

    public Compiled? Compile(Statement statement)
    {
        Declare(statement);
        var shape = Run(statement.Body);
        if (shape.Lost && !Faults.Any && Questions.Open is null) Faults.Add("KQL099", 0, "This query cannot be compiled, and Andon does not know why.", "That is a fault of Andon: report it with the query.");
        return Faults.Any || shape.Lost || Questions.Open is not null ? null : Finish(shape);
    }

    /// <summary>What the body makes, for an editor: faults are its author's next keystroke.</summary>
    public Shape Open(Statement statement)
    {
        Declare(statement);
        return Run(statement.Body);
    }

    /// <summary>Counts the rows of the leading row-keeping operators by time bucket.</summary>
    /// <param name="weigh">Besides: how many of them stand for several events, and for how many all of them stand.</param>
    public Compiled? CompileHistogram(Statement statement, long fromMs, long bucketMs, bool weigh = false)
    {
        Declare(statement);
        var leading = statement.Body.Operators.TakeWhile(o => o.KeepsRows).ToList();
        var shape = Run(statement.Body with { Operators = leading });
        if (shape.Time is null) Faults.Add("KQL032", 0, "Only queries over events have a histogram.", "Begin with a table: Events | where …");
        if (Faults.Any || shape.Lost || Questions.Open is not null) return null;
        if (shape.Limit is not null) shape = Close(shape);
        weigh &= shape.Open && EventReads > 0;
        var rate = weigh ? new Binder(this, shape).Bind(Runtime.SampledRows.RateOf).Text : "";
        var weights = weigh ? $", toInt64(countIf(isNotNull({rate}))) AS sampled, toInt64(sum(coalesce({rate}, 1))) AS stand" : "";
        var sql = $"SELECT intDiv(toUnixTimestamp64Milli({shape.Time}) - {Parameters.Long(fromMs)}, {Parameters.Long(bucketMs)}) AS b, toInt64(count()) AS n{weights} FROM {shape.From}{shape.Where} GROUP BY b ORDER BY b";
        AnswerColumn[] columns = [new("bucket", KType.Long), new("count", KType.Long)];
        return new(sql, Parameters.Values, weigh ? [.. columns, new("sampled", KType.Long), new("stand", KType.Long)] : columns, Bounded: true);
    }

    void Declare(Statement statement) => Declare(statement.Lets);

    void Declare(IReadOnlyList<Let> lets)
    {
        foreach (var let in lets)
            if (!names.Add(let)) Faults.Add("KQL003", let.At, $"`{let.Name}` is named twice.", "Give the second another name.");
    }

    public Shape Run(Pipeline pipeline)
    {
        var shape = pipeline.Source.Open(this);
        for (var i = 0; i < pipeline.Operators.Count; i++)
        {
            var step = pipeline.Operators[i];
            if (step is As named && !names.Add(new LetTable(step.At, named.Name, new(pipeline.Source, [.. pipeline.Operators.Take(i)]))))
                Faults.Add("KQL003", step.At, $"`{named.Name}` is named twice.", "Give the second another name.");
            var windows = Windows;
            shape = step.Apply(shape, this);
            if (Windows != windows) shape = Close(shape);
            if (shape.From.Length <= Limits.SqlCharsMax) continue;
            Faults.Add("KQL006", step.At, $"The query grows beyond {Limits.SqlCharsMax} characters of engine text (SqlCharsMax).", "Split it.");
            return Lost();
        }
        return shape;
    }

    /// <summary>After a fault: whatever follows is read, but no longer checked.</summary>
    public static Shape Lost() => new() { From = "", Lost = true, Open = true, Bag = Bags.OfNoTable, Time = "timestamp" };

    // Names ---------------------------------------------------------------------------------------------------

    public Bound? Find(string name) => names.Find(name);

    public IEnumerable<string> KnownNames => names.All;

    /// <summary>Does something with the names that were known where a let stood. Null, and a finding, when it is made of itself.</summary>
    public T? Inside<T>(int at, Let let, Names known, Func<T> work) where T : class
    {
        if (depth >= Limits.LetDepthMax || ++uses > Limits.LetUsesMax)
        {
            Faults.Add("KQL006", at, depth >= Limits.LetDepthMax ? $"More than {Limits.LetDepthMax} lets inside each other (LetDepthMax)." : $"Lets are used more than {Limits.LetUsesMax} times (LetUsesMax).", "Make the query simpler; a function cannot call itself.");
            return null;
        }
        // A function may stand in its own argument; that is no circle.
        if (let is not LetFunction && !opening.Add(let))
        {
            Faults.Add("KQL021", at, $"`{let.Name}` is made of itself.", "Break the circle.");
            return null;
        }
        var outside = names;
        names = known;
        depth++;
        var made = work();
        depth--;
        names = outside;
        if (let is not LetFunction) opening.Remove(let);
        return made;
    }

    /// <summary>The names inside a function's body: its parameters, then its own lets.</summary>
    public Names Body(LetFunction function, Names definedIn, IEnumerable<Bound> arguments)
    {
        var body = new Names(definedIn);
        foreach (var argument in arguments) body.Add(argument);
        foreach (var let in function.Lets)
            if (!body.Add(let)) Faults.Add("KQL003", let.At, $"`{let.Name}` is named twice.", "Give the second another name.");
        return body;
    }

    public Bound Here(Let let) => new(let, names);

    /// <summary>A table, or a let that is one.</summary>
    public Shape Open(int at, string name)
    {
        if (names.Find(name) is { } bound)
            return bound.Let switch
            {
                LetTable table => Inside(at, table, bound.In, () => Run(table.Table)) ?? Lost(),
                LetValue value => Inside(at, value, bound.In, () => Open(at, name, value.Value)) ?? Lost(),
                LetFunction { Parameters.Count: 0 } function => Calls.Table(at, function, bound.In, [], this),
                LetFunction => NoTable(at, $"`{name}` is a function.", $"{name}(…)"),
                LetBad => Lost(),
                _ => NoTable(at, $"`{name}` is a value, not a table.", "A pipeline begins with a table."),
            };
        if (!Tables.All.TryGetValue(name, out var known)) return Unknown(at, name);
        var shape = known.Open(this);
        var time = shape.Time;
        OfFacts |= known.Made is not null;
        if (known.HasBag) EventReads++;
        if (Ask.FromMs is { } from && !known.Now) shape.Tests.Add(new($"{time} >= {Parameters.Instant(from)}", 0));
        if (Ask.ToMs is { } to && !known.Now) shape.Tests.Add(new($"{time} < {Parameters.Instant(to)}", 0));
        if (Ask.Stretch is { } stretch && !stretched)
        {
            stretched = true;
            if (!known.HasBag) Faults.Add("KQL114", at, $"`{name}` does not come record by record.", "Only tables of events can be followed: Events, Authentication, Process …");
            shape.Tests.Add(new($"id >= {Parameters.Long((long)EventId.At(stretch.From, 0).Value)}", 0));
            shape.Tests.Add(new($"id < {Parameters.Long((long)EventId.At(stretch.To, 0).Value)}", 0));
        }
        return shape;
    }

    /// <summary>An expression that stands for a table: a name, a call of a function, a query in brackets.</summary>
    public Shape Open(int at, string what, Expr value) => value switch
    {
        Name n => Open(n.At, n.Text),
        Subquery q => Run(q.Table),
        Call c => Calls.Open(c, this),
        _ => NoTable(at, $"`{what}` is a value, not a table.", "A pipeline begins with a table."),
    };

    Shape NoTable(int at, string message, string hint)
    {
        Faults.Add("KQL021", at, message, hint);
        return Lost();
    }

    /// <summary>A table Andon does not have: one finding for it, and the rest of the query is checked as far as can be.</summary>
    Shape Unknown(int at, string name)
    {
        if (!Ask.ForeignAsEmpty)
        {
            var near = Words.Nearest(name, Tables.All.Keys.Concat(names.All));
            Faults.Add("KQL020", at, $"There is no table `{name}`.", near is null ? $"Tables are {string.Join(", ", Tables.All.Keys.Order(StringComparer.Ordinal))}." : $"`{near}`?");
        }
        return Foreign();
    }

    public static Shape Foreign() => new()
    {
        From = Bags.NoTable, Foreign = true, Open = true, Bag = Bags.OfNoTable, Time = "timestamp",
        Columns = [new("TimeGenerated", new Sql("timestamp", KType.DateTime, false, 0))],
    };

    // Text ----------------------------------------------------------------------------------------------------

    /// <summary>A SELECT whose columns have names of their own.</summary>
    /// <param name="Extra">Names of further expressions that were asked for.</param>
    public sealed record Selected(string Text, Shape Shape, IReadOnlyList<string> Extra)
    {
        /// <summary>What can be said of the rows when they come from that text instead.</summary>
        public Shape From(string from) => new()
        {
            From = from, Columns = Shape.Columns, Open = Shape.Open, Bag = Shape.Bag, Time = Shape.Time, Order = Shape.Order, Serial = Shape.Serial, Each = Shape.Each, Foreign = Shape.Foreign,
        };
    }

    /// <summary>Text of the SELECT so far, each column under a fresh name; an order goes on outside.</summary>
    public Selected Select(Shape shape, params IReadOnlyList<string> extra)
    {
        var list = new StringBuilder();
        string Put(string text)
        {
            var alias = Alias();
            if (list.Length > 0) list.Append(", ");
            list.Append(text).Append(" AS ").Append(alias);
            return alias;
        }
        List<Column> PutAll(IEnumerable<Column> columns) => [.. columns.Select(c => c with { Sql = c.Sql.As(Put(Parameters.Text(c.Sql))) })];

        var columns = PutAll(shape.Columns);
        var time = shape.Time is null ? null : Put(shape.Time);
        var bag = shape.Bag is null || !shape.Open ? null : Put(shape.Bag);
        var order = shape.Order?.Select(k => k with { Text = Put(k.Text) }).ToList();
        var each = shape.Each is null ? null : new Each(Put(shape.Each.Row), PutAll(shape.Each.Outer));
        var extras = extra.Select(Put).ToList();
        if (list.Length == 0) Put("1");
        // Without a limit an inner order means nothing.
        var tail = shape.Limit is null ? "" : Tail(shape);
        return new(
            $"SELECT {list} FROM {shape.From}{shape.Where}{tail}",
            new Shape { From = "", Columns = columns, Open = shape.Open && bag is not null, Bag = bag, Time = time, Order = order, Serial = shape.Serial, Each = each, Foreign = shape.Foreign },
            extras);
    }

    string Tail(Shape shape) => shape.Limit is not { } limit ? shape.OrderBy
        : shape.Each is { } each ? $"{shape.OrderBy} LIMIT {Parameters.Count(limit)} BY {each.Row}"
        : $"{shape.OrderBy} LIMIT {Parameters.Count(limit)}";

    /// <summary>Makes a subquery of what is there, for an operator that cannot add to it.</summary>
    public Shape Close(Shape shape) => Close(shape, [], out _);

    /// <summary>The same, with further expressions worked out in it; their names come back.</summary>
    public Shape Close(Shape shape, IReadOnlyList<string> extra, out IReadOnlyList<string> aliases)
    {
        aliases = extra;
        if (shape.Lost) return shape;
        var selected = Select(shape, extra);
        aliases = selected.Extra;
        return selected.From($"({selected.Text})");
    }

    /// <summary>The same with its rows in their order inside, for an aggregate that keeps it.</summary>
    public Shape Sorted(Shape shape)
    {
        var selected = Select(shape);
        return selected.From($"({selected.Text}{(shape.Limit is null ? selected.Shape.OrderBy : "")})");
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
        var sql = $"SELECT {list} FROM {shape.From}{shape.Where}{shape.OrderBy} LIMIT {Parameters.Count(limit)}";
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
