using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>Rows of several tables, one under the other. A column that one does not have is null or empty there.</summary>
internal sealed record UnionSource(int At, IReadOnlyList<Source> Tables) : Source(At)
{
    public override void Print(Printer to) => PrintTables(to.Put("union "), Tables);

    internal static void PrintTables(Printer to, IReadOnlyList<Source> tables)
    {
        for (var i = 0; i < tables.Count; i++)
        {
            if (i > 0) to.Put(", ");
            tables[i].Print(to);
        }
    }

    public override Shape Open(Compiler compiler) => UnionStep.Join(At, [.. Tables.Select(t => t.Open(compiler))], compiler);
}

/// <summary><c>| union Other</c>.</summary>
internal sealed record UnionStep(int At, IReadOnlyList<Source> Tables) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new UnionStep(at, ParseTables(parser));

    public static IReadOnlyList<Source> ParseTables(Parser parser)
    {
        var tables = new List<Source>();
        while (parser.PeekAt(1).Is("=") && parser.Peek.Kind == TokenKind.Word)
        {
            var option = parser.Next();
            parser.Next();
            var value = parser.Next();
            if (!(option.Text == "kind" && value.Text == "outer") && option.Text != "isfuzzy")
                parser.Refuse("KQL032", option.At, $"`union {option.Text}={value.Text}` is not offered.", "Take it out: every column of every table is kept.");
        }
        do
        {
            if (parser.Peek.Is("*")) { parser.Refuse("KQL032", parser.Peek.At, "`union *` is not offered.", "Events holds every event."); parser.Next(); tables.Add(new BadSource(parser.Peek.At)); continue; }
            if (parser.Peek.Kind == TokenKind.Word && parser.PeekAt(1) is { Glued: true } star && star.Is("*")) { parser.Refuse("KQL032", parser.Peek.At, "Table names with `*` are not offered.", "Name the tables."); parser.Next(); parser.Next(); tables.Add(new BadSource(star.At)); continue; }
            tables.Add(Source.Parse(parser));
        }
        while (!parser.Panicking && parser.Accept(","));
        return tables;
    }

    public override void Print(Printer to) => UnionSource.PrintTables(to.Put("union "), Tables);

    public override Shape Apply(Shape input, Compiler compiler) => Join(At, [input, .. Tables.Select(t => t.Open(compiler))], compiler);

    public static Shape Join(int at, IReadOnlyList<Shape> shapes, Compiler compiler)
    {
        if (shapes.Any(s => s.Foreign)) return Compiler.Foreign();
        if (shapes.Count == 1) return shapes[0];
        var names = shapes.SelectMany(s => s.Columns).Select(c => c.Name).Distinct().ToList();
        var types = new List<KType>();
        foreach (var name in names)
        {
            var kinds = shapes.Select(s => s.Find(name)?.Sql.Type).OfType<KType>().Distinct().ToList();
            types.Add(kinds.Count == 1 ? kinds[0] : kinds.All(k => k.IsNumber) ? KType.Real : KType.String);
        }
        var time = shapes.All(s => s.Time is not null);
        var open = shapes.All(s => s.Open && s.Bag is not null);
        var selects = new List<string>();
        var aliases = names.Select(_ => compiler.Alias()).ToList();
        var (timeAlias, bagAlias) = (compiler.Alias(), compiler.Alias());
        foreach (var shape in shapes)
        {
            var binder = new Binder(compiler, shape);
            var list = new List<string>();
            for (var i = 0; i < names.Count; i++)
                list.Add($"{Value(binder, shape.Find(names[i])?.Sql, types[i])} AS {aliases[i]}");
            if (time) list.Add($"{shape.Time} AS {timeAlias}");
            if (open) list.Add($"{shape.Bag} AS {bagAlias}");
            var limit = shape.Limit is { } rows ? $"{(shape.Order is null ? "" : $" ORDER BY {shape.Order}")} LIMIT {compiler.Parameters.Count(rows)}" : "";
            // Each part stands in brackets of its own, so that its limit is its own.
            selects.Add($"SELECT * FROM (SELECT {string.Join(", ", list)} FROM {shape.From}{shape.Where}{limit})");
        }
        return new Shape
        {
            From = $"({string.Join(" UNION ALL ", selects)})",
            Columns = [.. names.Select((n, i) => new Column(n, new Sql(aliases[i], types[i], Nullable: !(types[i].IsText || types[i].Kind is Kind.List or Kind.Bag), 1)))],
            Time = time ? timeAlias : null,
            Open = open,
            Bag = open ? bagAlias : null,
        };
    }

    static string Value(Binder binder, Sql? sql, KType type)
    {
        if (sql is not null) sql = type.Kind switch { Kind.String => binder.AsText(sql), Kind.Real => binder.AsReal(sql), _ => sql };
        return type.Kind switch
        {
            Kind.Bag => sql is null ? "CAST(map() AS Map(LowCardinality(String), String))" : binder.T(sql),
            Kind.List => sql is null ? $"CAST([] AS Array({Parameters.EngineType(type.Of)}))" : $"CAST({binder.T(sql)} AS Array({Parameters.EngineType(type.Of)}))",
            _ when type.IsText => sql is null ? "''" : $"toString({binder.T(sql)})",
            _ => sql is null ? binder.T(Sql.Constant(type, null)) : $"toNullable({binder.T(sql)})",
        };
    }
}
