using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>A column that the next operator can see: its name for authors, its engine expression.</summary>
internal sealed record Column(string Name, Sql Sql, string Meaning = "");

/// <summary>A test as it was written, as it was bound, and what it was asked of.</summary>
internal sealed record Tested(Ast.Expr Part, Sql Sql, string Text, Shape Of);

/// <summary>A test of rows with its price.</summary>
internal sealed record Test(string Text, int Cost);

/// <summary>One key of an order: engine text and which way it runs, nulls included.</summary>
internal sealed record OrderKey(string Text, string Direction);

/// <summary>
/// Inside mv-apply: every row belongs to one row outside. Grouping and taking happen within it, and its columns travel along.
/// </summary>
/// <param name="Row">Engine name of the outer row's number.</param>
internal sealed record Each(string Row, IReadOnlyList<Column> Outer);

/// <summary>
/// What a pipeline is so far: one SELECT that still grows. Operators that fit add to it; the others close it into a subquery first
/// (<see cref="Compiler.Close"/>).
/// </summary>
internal sealed class Shape
{
    public required string From { get; set; }
    public List<Test> Tests { get; } = [];
    public List<Column> Columns { get; set; } = [];
    /// <summary>True while every field of the event can be named, through the bag.</summary>
    public bool Open { get; init; }
    /// <summary>Engine expression of the bag while <see cref="Open"/>.</summary>
    public string? Bag { get; init; }
    /// <summary>Event time as long as each row is one event.</summary>
    public string? Time { get; init; }
    public IReadOnlyList<OrderKey>? Order { get; set; }
    /// <summary>Rows have an order that prev() and its kin may use, even if nobody says which.</summary>
    public bool Serial { get; init; }
    public long? Limit { get; set; }
    public Each? Each { get; init; }
    /// <summary>A table Andon does not have: its fields are not known, so each is taken as an empty one, and the rest is checked.</summary>
    public bool Foreign { get; init; }
    /// <summary>A step before could not be read: every name is accepted, nothing is run.</summary>
    public bool Lost { get; init; }

    public string Where => Tests.Count == 0 ? "" : $" WHERE {string.Join(" AND ", Tests.OrderBy(t => t.Cost).Select(t => t.Text))}";
    public string OrderBy => Order is not { Count: > 0 } ? "" : $" ORDER BY {string.Join(", ", Order.Select(k => $"{k.Text} {k.Direction}"))}";

    public Column? Find(string name)
    {
        foreach (var column in Columns)
            if (column.Name == name) return column;
        return null;
    }

    /// <summary>The column of that name; any name of event time means the time column.</summary>
    public Column? FindTimeToo(string name) =>
        Find(name) ?? (Tables.TimeNames.Contains(name) ? Columns.Find(c => c.Sql.Type.Kind == Ast.Kind.DateTime && Tables.TimeNames.Contains(c.Name)) : null);

    public Shape With(List<Column> columns, bool? open = null, bool? serial = null) => new()
    {
        From = From, Columns = columns, Open = open ?? Open, Bag = Bag, Time = Time, Order = Order, Serial = serial ?? Serial, Limit = Limit, Each = Each,
        Foreign = Foreign && (open ?? Open), Lost = Lost, Copied = Tests,
    };

    public List<Test> Copied { init => Tests.AddRange(value); }
}
