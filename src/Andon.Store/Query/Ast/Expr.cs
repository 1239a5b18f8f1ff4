namespace Andon.Store.Query.Ast;

/// <summary>An expression. Every node prints canonical text; parsing that text gives a node that prints the same.</summary>
/// <param name="At">Offset in the query text.</param>
internal abstract record Expr(int At)
{
    /// <summary>How tightly the printed form binds: or 1, and 2, relation 3, sum 4, product 5, sign 6, atom 7.</summary>
    public virtual int Tightness => 7;
    public abstract void Print(Printer to);
    public sealed override string ToString() => Printer.Text(this);
}

/// <summary>A value: string, long, double, bool, or milliseconds for datetime and timespan; null is a null of that type.</summary>
internal sealed record Literal(int At, KType Type, object? Value) : Expr(At)
{
    public override int Tightness => Value is long and < 0 or double and < 0 ? 6 : 7;
    public override void Print(Printer to) => to.Literal(Type, Value);
}

/// <summary>A JSON value written with dynamic(…); <paramref name="Json"/> is its canonical JSON text.</summary>
internal sealed record DynamicLiteral(int At, string Json) : Expr(At)
{
    public override void Print(Printer to) => to.Put("dynamic(").Put(Json).Put(")");
}

/// <summary>A column, ECS field, table or let name; dots are part of it.</summary>
internal sealed record Name(int At, string Text) : Expr(At)
{
    public override void Print(Printer to) => to.Name(Text);
}

/// <summary>A property of a value that is no plain name: <c>parse_json(x).y</c>.</summary>
internal sealed record Member(int At, Expr Of, string Property) : Expr(At)
{
    public override void Print(Printer to) => to.Bound(Of, 7).Put("['").Put(Printer.Escaped(Property)).Put("']");
}

internal sealed record Index(int At, Expr Of, Expr By) : Expr(At)
{
    public override void Print(Printer to) => to.Bound(Of, 7).Put("[").Add(By).Put("]");
}

internal sealed record Call(int At, string Function, IReadOnlyList<Expr> Arguments) : Expr(At)
{
    public override void Print(Printer to) => to.Put(Function).Put("(").List(Arguments).Put(")");
}

/// <summary>All columns: <c>arg_max(x, *)</c>, <c>count(*)</c>.</summary>
internal sealed record Star(int At) : Expr(At)
{
    public override void Print(Printer to) => to.Put("*");
}

/// <summary>A type as an argument: <c>typeof(long)</c>.</summary>
internal sealed record TypeOf(int At, KType Type) : Expr(At)
{
    public override void Print(Printer to) => to.Put("typeof(").Put(Type.Name).Put(")");
}

internal sealed record Negate(int At, Expr Of) : Expr(At)
{
    public override int Tightness => 6;
    public override void Print(Printer to) => to.Put("-").Bound(Of, 7);
}

internal sealed record Binary(int At, string Operator, Expr Left, Expr Right) : Expr(At)
{
    public override int Tightness => Operator switch
    {
        "or" => 1,
        "and" => 2,
        "+" or "-" => 4,
        "*" or "/" or "%" => 5,
        _ => 3,
    };

    // Sums, products, and, or lean left; relations do not chain.
    public override void Print(Printer to) =>
        to.Bound(Left, Tightness == 3 ? 4 : Tightness).Put(" ").Put(Operator).Put(" ").Bound(Right, Tightness + 1);
}

/// <summary>in, in~, has_any, has_all and their negations.</summary>
internal sealed record InList(int At, string Operator, Expr Left, IReadOnlyList<Expr> Items) : Expr(At)
{
    public override int Tightness => 3;
    public override void Print(Printer to) => to.Bound(Left, 4).Put(" ").Put(Operator).Put(" (").List(Items).Put(")");
}

internal sealed record Between(int At, bool Not, Expr Of, Expr Low, Expr High) : Expr(At)
{
    public override int Tightness => 3;
    public override void Print(Printer to) =>
        to.Bound(Of, 4).Put(Not ? " !between (" : " between (").Bound(Low, 4).Put(" .. ").Bound(High, 4).Put(")");
}

/// <summary>A query where a value or a list can stand: <c>in (T | project x)</c>, <c>toscalar(T | count)</c>.</summary>
internal sealed record Subquery(int At, Pipeline Table) : Expr(At)
{
    public override int Tightness => 0;
    public override void Print(Printer to) => Table.Print(to);
}

/// <summary>An argument with its name: <c>f(days = 7)</c>.</summary>
internal sealed record Named(int At, string Name, Expr Value) : Expr(At)
{
    public override int Tightness => 0;
    public override void Print(Printer to) => to.Name(Name).Put(" = ").Bound(Value, 1);
}

/// <summary>What stood where an expression should be; its finding is already written.</summary>
internal sealed record Bad(int At) : Expr(At)
{
    public override void Print(Printer to) => to.Put("bool(null)");
}

/// <summary>An item of a column list: <c>name = expression</c>, or the expression alone.</summary>
internal sealed record Item(string? Name, Expr Value)
{
    public void Print(Printer to)
    {
        if (Name is not null) to.Name(Name).Put(" = ");
        to.Add(Value);
    }
}
