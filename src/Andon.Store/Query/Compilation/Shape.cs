using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>A column that the next operator can see: its name for authors, its engine expression.</summary>
internal sealed record Column(string Name, Sql Sql, string Meaning = "");

/// <summary>A test as it was written, as it was bound, and what it was asked of.</summary>
internal sealed record Tested(Ast.Expr Part, Sql Sql, string Text, Shape Of);

/// <summary>A test of rows with its price.</summary>
internal sealed record Test(string Text, int Cost);

/// <summary>
/// What a pipeline is so far: one SELECT that still grows. Operators that fit add to it; the others close it into a subquery first
/// (<see cref="Compiler.Close"/>).
/// </summary>
internal sealed class Shape
{
    public required string From { get; init; }
    public List<Test> Tests { get; } = [];
    public List<Column> Columns { get; set; } = [];
    /// <summary>True while every field of the event can be named, through the bag.</summary>
    public bool Open { get; init; }
    /// <summary>Engine expression of the bag while <see cref="Open"/>.</summary>
    public string? Bag { get; init; }
    /// <summary>Event time as long as each row is one event.</summary>
    public string? Time { get; init; }
    public string? Order { get; set; }
    public long? Limit { get; set; }
    /// <summary>A table Andon does not have: everything is accepted, nothing is run.</summary>
    public bool Foreign { get; init; }
    /// <summary>The name that lets a missing column be told from a misspelt one.</summary>
    public string Where => Tests.Count == 0 ? "" : $" WHERE {string.Join(" AND ", Tests.OrderBy(t => t.Cost).Select(t => t.Text))}";

    public Column? Find(string name)
    {
        foreach (var column in Columns)
            if (column.Name == name) return column;
        return null;
    }

    public Shape With(List<Column> columns, bool? open = null) => new()
    {
        From = From, Columns = columns, Open = open ?? Open, Bag = Bag, Time = Time, Order = Order, Limit = Limit, Foreign = Foreign,
        Copied = Tests,
    };

    List<Test> Copied { init => Tests.AddRange(value); }
}
