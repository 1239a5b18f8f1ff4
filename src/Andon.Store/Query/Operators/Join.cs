using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>One pair of columns that must be equal.</summary>
internal sealed record JoinKey(int At, string Left, string Right)
{
    public void Print(Printer to)
    {
        if (Left == Right) to.Name(Left);
        else to.Put("$left.").Name(Left).Put(" == $right.").Name(Right);
    }
}

/// <summary>
/// <c>join kind=… (T) on a, $left.b == $right.c</c>: rows of two tables side by side. Without a kind it is innerunique: of the left rows
/// with the same keys one is taken, in Andon the earliest. Right columns whose names the left has get a 1. A null equals no key; '' equals ''.
/// lookup is leftouter or inner without the right keys.
/// </summary>
internal sealed record Join(int At, string Kind, bool Said, bool Lookup, Source Right, IReadOnlyList<JoinKey> Keys) : Operator(At)
{
    static readonly Dictionary<string, string> Engine = new()
    {
        ["innerunique"] = "INNER JOIN", ["inner"] = "INNER JOIN", ["leftouter"] = "LEFT JOIN", ["rightouter"] = "RIGHT JOIN", ["fullouter"] = "FULL JOIN",
        ["leftanti"] = "LEFT ANTI JOIN", ["anti"] = "LEFT ANTI JOIN", ["leftantisemi"] = "LEFT ANTI JOIN", ["rightanti"] = "RIGHT ANTI JOIN", ["rightantisemi"] = "RIGHT ANTI JOIN",
        ["leftsemi"] = "LEFT SEMI JOIN", ["rightsemi"] = "RIGHT SEMI JOIN",
    };

    public static Operator Parse(Parser parser, int at) => Parse(parser, at, lookup: false);
    public static Operator ParseLookup(Parser parser, int at) => Parse(parser, at, lookup: true);

    static Join Parse(Parser parser, int at, bool lookup)
    {
        string? kind = null;
        foreach (var (name, value, place) in Options.Parse(parser))
        {
            if (name.StartsWith("hint.", StringComparison.Ordinal)) continue;
            if (name == "kind" && Engine.ContainsKey(value) && (!lookup || value is "leftouter" or "inner")) kind = value;
            else if (name == "kind")
            {
                kind = "inner";
                parser.Refuse("KQL032", place, $"There is no {(lookup ? "lookup" : "join")} of kind `{value}`.", lookup ? "leftouter or inner." : Words.Nearest(value, Engine.Keys) is { } near ? $"`{near}`?" : "inner, innerunique, leftouter, rightouter, fullouter, leftanti, rightanti, leftsemi or rightsemi.");
            }
            else parser.Refuse("KQL032", place, $"`{name}` is no setting of a join.", "kind=inner");
        }
        var right = Source.Parse(parser);
        var keys = new List<JoinKey>();
        if (!parser.AcceptWord("on")) parser.Fail("KQL003", parser.Peek.At, $"`on` is expected after the right table, not {parser.Peek.Shown}.", "join kind=inner (T) on host.name");
        else
            do Read(parser, parser.Expression(), keys); while (!parser.Panicking && parser.Accept(","));
        return new(at, kind ?? (lookup ? "leftouter" : "innerunique"), kind is not null, lookup, right, keys);
    }

    static void Read(Parser parser, Expr condition, List<JoinKey> keys)
    {
        switch (condition)
        {
            case Binary { Operator: "and" } both:
                Read(parser, both.Left, keys);
                Read(parser, both.Right, keys);
                return;
            case Name { Text: var name } when name[0] != '$':
                keys.Add(new(condition.At, name, name));
                return;
            case Binary { Operator: "==", Left: Name a, Right: Name b } when Side(a, "$left.") is { } left && Side(b, "$right.") is { } right:
                keys.Add(new(condition.At, left, right));
                return;
            case Binary { Operator: "==", Left: Name a, Right: Name b } when Side(b, "$left.") is { } left && Side(a, "$right.") is { } right:
                keys.Add(new(condition.At, left, right));
                return;
        }
        parser.Fail("KQL003", condition.At, "Tables are joined on columns that are equal.", "on host.name, $left.user.name == $right.account");
    }

    static string? Side(Name name, string side) => name.Text.StartsWith(side, StringComparison.Ordinal) ? name.Text[side.Length..] : null;

    public override void Print(Printer to)
    {
        to.Put(Lookup ? "lookup " : "join ");
        if (Said) to.Put("kind=").Put(Kind).Put(" ");
        if (Right is InnerSource) Right.Print(to);
        else
        {
            to.Put("(");
            Right.Print(to);
            to.Put(")");
        }
        to.Put(" on ");
        for (var i = 0; i < Keys.Count; i++)
        {
            if (i > 0) to.Put(", ");
            Keys[i].Print(to);
        }
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var right = Right.Open(compiler);
        if (!Alone(input, At, "join", compiler) || input.Lost || right.Lost) return Compiler.Lost();
        if (!Said && !Lookup) compiler.Faults.Note("KQL080", At, "The join names no kind, so it is innerunique: of the left rows with the same keys only the earliest is joined.", "Write kind=inner to join them all.");
        var (leftKeys, rightKeys) = (new List<string>(), new List<string>());
        var (leftBinder, rightBinder) = (new Binder(compiler, input), new Binder(compiler, right));
        foreach (var key in Keys)
        {
            if (JoinKeys.Same(key.At, leftBinder.Bind(new Name(key.At, key.Left)), rightBinder.Bind(new Name(key.At, key.Right)), leftBinder) is not { } same) continue;
            leftKeys.Add(same.Left);
            rightKeys.Add(same.Right);
        }
        if (leftKeys.Count < Keys.Count || Keys.Count == 0) return Compiler.Lost();
        if (Kind == "innerunique") input = Unique(input, leftKeys, compiler);
        // A row without a partner has nulls on the other side, so everything that can be null may be.
        var optionalLeft = Kind is "rightouter" or "fullouter";
        var optionalRight = Kind is "leftouter" or "fullouter";
        var a = compiler.Select(optionalLeft ? JoinKeys.Loosened(input, compiler) : input, leftKeys);
        var b = compiler.Select(optionalRight ? JoinKeys.Loosened(right, compiler) : right, rightKeys);
        var on = string.Join(" AND ", a.Extra.Zip(b.Extra, (x, y) => $"{x} = {y}"));
        var from = $"({a.Text}) AS {compiler.Alias()} {Engine[Kind]} ({b.Text}) AS {compiler.Alias()} ON {on}";
        if (Kind is "leftanti" or "anti" or "leftantisemi" or "leftsemi") return Ordered(a, from);
        if (Kind is "rightanti" or "rightantisemi" or "rightsemi") return Ordered(b, from);
        return Both(a, b, from);
    }

    static Shape Ordered(Compiler.Selected side, string from) => side.From(from);

    Shape Both(Compiler.Selected a, Compiler.Selected b, string from)
    {
        var columns = new List<Column>(a.Shape.Columns);
        // A field of an open table is there without being a column: a key is.
        var taken = columns.Select(c => c.Name).Concat(Keys.Select(k => k.Left)).ToHashSet();
        foreach (var column in b.Shape.Columns)
        {
            if (Lookup && Keys.Any(k => k.Right == column.Name)) continue;
            var name = Unused(column.Name, taken.Contains);
            taken.Add(name);
            columns.Add(column with { Name = name });
        }
        var bag = (a.Shape.Bag, b.Shape.Bag) switch
        {
            ({ } x, { } y) => Bags.Both(x, y),
            var (x, y) => x ?? y,
        };
        return new Shape { From = from, Columns = columns, Open = bag is not null, Bag = bag, Foreign = a.Shape.Foreign || b.Shape.Foreign };
    }

    /// <summary>One left row of each combination of keys: the earliest, so that the answer is the same every time.</summary>
    static Shape Unique(Shape input, List<string> keys, Compiler compiler)
    {
        var first = input.Find("andon.event_id")?.Sql.Text is { } id && input.Time is { } time ? $"{time}, {id}"
            : $"{(input.Time is { } when ? when + ", " : "")}sipHash64(tuple({string.Join(", ", input.Columns.Select(c => compiler.Parameters.Text(c.Sql)).DefaultIfEmpty("1"))}))";
        var closed = compiler.Close(input, [.. keys, $"row_number() OVER (PARTITION BY {string.Join(", ", keys)} ORDER BY {first})"], out var aliases);
        for (var i = 0; i < keys.Count; i++) keys[i] = aliases[i];
        closed.Tests.Add(new($"{aliases[^1]} = 1", 0));
        return closed;
    }
}
