using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>What a union unites, and how: <c>kind=inner</c> keeps shared columns only, <c>withsource=x</c> names each row's table, <c>isfuzzy=true</c> passes over tables that are not there.</summary>
internal sealed record UnionTables(bool Inner, string? Source, bool Fuzzy, IReadOnlyList<Source> Tables)
{
    public static UnionTables Parse(Parser parser)
    {
        var (inner, fuzzy) = (false, false);
        string? source = null;
        foreach (var (name, value, place) in Options.Parse(parser))
        {
            if (name == "kind" && value is "inner" or "outer") inner = value == "inner";
            else if (name == "isfuzzy") fuzzy = value == "true";
            else if (name is "withsource" or "with_source") source = value;
            else if (!name.StartsWith("hint.", StringComparison.Ordinal)) parser.Refuse("KQL032", place, $"`union {name}={value}` is not offered.", "kind=inner, kind=outer, withsource=name or isfuzzy=true.");
        }
        var tables = new List<Source>();
        do
        {
            if (tables.Count >= Limits.UnionTablesMax) { parser.Fail("KQL006", parser.Peek.At, $"More than {Limits.UnionTablesMax} tables in a union (UnionTablesMax).", "Split it."); break; }
            tables.Add(Wildcard.TryParse(parser) ?? Operators.Source.Parse(parser));
        }
        while (!parser.Panicking && parser.Accept(","));
        return new(inner, source, fuzzy, tables);
    }

    public void Print(Printer to)
    {
        to.Put("union ");
        if (Inner) to.Put("kind=inner ");
        if (Source is not null) to.Put("withsource=").Name(Source).Put(" ");
        if (Fuzzy) to.Put("isfuzzy=true ");
        for (var i = 0; i < Tables.Count; i++)
        {
            if (i > 0) to.Put(", ");
            Tables[i].Print(to);
        }
    }

    public Shape Open(int at, (string Name, Shape Shape)? first, Compiler compiler)
    {
        var shapes = new List<(string Name, Shape Shape)>();
        if (first is { } before) shapes.Add(before);
        foreach (var table in Tables)
        {
            if (table is Wildcard many) { shapes.AddRange(many.OpenAll(compiler)); continue; }
            if (Fuzzy && table is TableSource named && compiler.Find(named.Name) is null && !Compilation.Tables.All.ContainsKey(named.Name))
            {
                compiler.Faults.Warn("KQL081", named.At, $"There is no table `{named.Name}`; the union goes without it.", "isfuzzy=true allows that.");
                continue;
            }
            shapes.Add((table is TableSource t ? t.Name : $"union_arg{shapes.Count}", table.Open(compiler)));
        }
        if (shapes.Any(s => s.Shape.Lost)) return Compiler.Lost();
        if (shapes.Count > 0) return Union.Of(shapes, Inner, Source, compiler);
        compiler.Faults.Add("KQL020", at, "None of the tables of this union is there.", $"Tables are {string.Join(", ", Compilation.Tables.All.Keys.Order(StringComparer.Ordinal))}.");
        return Compiler.Lost();
    }
}

/// <summary><c>Ev*</c>: every table and let whose name matches. The families are views of Events, so beside Events they would be counted twice: they are left out.</summary>
internal sealed record Wildcard(int At, string Pattern) : Source(At)
{
    public static Wildcard? TryParse(Parser parser)
    {
        var token = parser.Peek;
        if (token.Is("*")) { parser.Next(); return new(token.At, "*"); }
        if (token.Kind != TokenKind.Word || !parser.PeekAt(1).Is("*") || !parser.PeekAt(1).Glued) return null;
        return new(token.At, Patterns.ParseOne(parser, "`union`"));
    }

    public override void Print(Printer to) => to.Put(Pattern);

    public override Shape Open(Compiler compiler) => OpenAll(compiler) is { Count: > 0 } all ? Union.Of(all, inner: false, null, compiler) : Compiler.Lost();

    public List<(string Name, Shape Shape)> OpenAll(Compiler compiler)
    {
        var names = Tables.All.Values.Where(t => Patterns.Matches(Pattern, t.Name)).OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        if (Pattern == "*") names.RemoveAll(t => t.Made is not null); // Everything that came in; what the house makes of it is asked by name.
        if (names.Any(t => t.Name == "Events")) names.RemoveAll(t => t.Engine == "events" && t.Name != "Events");
        var found = names.Select(t => (t.Name, compiler.Open(At, t.Name))).ToList();
        if (found.Count == 0) found.Add((Pattern, compiler.Open(At, Pattern)));
        return found;
    }
}

/// <summary>Rows of several tables, one under the other.</summary>
internal sealed record UnionSource(int At, UnionTables Of) : Source(At)
{
    public override void Print(Printer to) => Of.Print(to);
    public override Shape Open(Compiler compiler) => Of.Open(At, null, compiler);
}

/// <summary><c>| union Other</c>.</summary>
internal sealed record UnionStep(int At, UnionTables Of) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new UnionStep(at, UnionTables.Parse(parser));
    public override void Print(Printer to) => Of.Print(to);
    public override Shape Apply(Shape input, Compiler compiler) =>
        Alone(input, At, "union", compiler) ? Of.Open(At, ("union_arg0", input), compiler) : Compiler.Lost();
}

/// <summary>
/// Columns of a union. One that a table does not have is null or empty in its rows. Where a name has several types, there is a column for
/// each type, with the type after its name; only a bag value, which may be any of them, is taken as it comes.
/// </summary>
internal static class Union
{
    public static Shape Of(IReadOnlyList<(string Name, Shape Shape)> shapes, bool inner, string? source, Compiler compiler)
    {
        var columns = Columns([.. shapes.Select(s => s.Shape)], inner);
        var time = shapes.All(s => s.Shape.Time is not null);
        var open = !inner && shapes.Any(s => s.Shape is { Open: true, Bag: not null });
        var aliases = columns.Select(_ => compiler.Alias()).ToList();
        var (timeAlias, bagAlias, sourceAlias) = (compiler.Alias(), compiler.Alias(), compiler.Alias());
        var selects = new List<string>();
        foreach (var (name, shape) in shapes)
        {
            var binder = new Binder(compiler, shape);
            var list = new List<string>();
            for (var i = 0; i < columns.Count; i++) list.Add($"{Value(binder, columns[i].Of(shape, binder), columns[i].Type)} AS {aliases[i]}");
            if (time) list.Add($"{shape.Time} AS {timeAlias}");
            if (open) list.Add($"{(shape.Open ? shape.Bag : null) ?? Bags.Empty} AS {bagAlias}");
            if (source is not null) list.Add($"{compiler.Parameters.String(name)} AS {sourceAlias}");
            if (list.Count == 0) list.Add("1");
            var limit = shape.Limit is { } rows ? $"{shape.OrderBy} LIMIT {compiler.Parameters.Count(rows)}" : "";
            // Each part stands in brackets of its own, so that its limit is its own.
            selects.Add($"SELECT * FROM (SELECT {string.Join(", ", list)} FROM {shape.From}{shape.Where}{limit})");
        }
        var made = columns.Select((c, i) => new Column(c.Name, new Sql(aliases[i], c.Type, Nullable: Sql.HasNull(c.Type), 1))).ToList();
        if (source is not null) made.Insert(0, new(source, new Sql(sourceAlias, KType.String, false, 1)));
        return new Shape
        {
            From = $"({string.Join(" UNION ALL ", selects)})", Columns = made, Time = time ? timeAlias : null,
            Open = open, Bag = open ? bagAlias : null, Foreign = open && shapes.Any(s => s.Shape.Foreign),
        };
    }

    /// <summary>One column of the union and where each table has it.</summary>
    sealed record United(string Name, KType Type, string From, string? OnlyType)
    {
        public Sql? Of(Shape shape, Binder binder) => shape.Find(From) is { } column ? OnlyType is null || Word(column.Sql.Type) == OnlyType ? column.Sql : null
            : shape.Foreign ? binder.Bind(new Name(0, From)) : null;
    }

    static List<United> Columns(IReadOnlyList<Shape> shapes, bool inner)
    {
        var united = new List<United>();
        foreach (var name in shapes.SelectMany(s => s.Columns).Select(c => c.Name).Distinct())
        {
            if (inner && shapes.Any(s => s.Find(name) is null && !s.Foreign)) continue;
            var found = shapes.Select(s => s.Find(name)?.Sql.Type ?? (s.Foreign ? KType.Loose : null)).OfType<KType>().Distinct().ToList();
            var words = found.Where(t => t.Kind != Kind.Loose).Select(Word).Distinct().ToList();
            if (found.Count == 1) united.Add(new(name, found[0], name, null));
            else if (found.Any(t => t.Kind == Kind.Loose)) united.Add(new(name, words is ["string"] ? KType.String : KType.Loose, name, null));
            else if (words.Count == 1) united.Add(new(name, words[0] == "dynamic" ? KType.Json : words[0] == "string" ? KType.String : found[0], name, null));
            else
                foreach (var word in words)
                    united.Add(new($"{name}_{word}", found.Where(t => Word(t) == word).Distinct().ToList() is [var only] ? only : word == "dynamic" ? KType.Json : KType.String, name, word));
        }
        // x_long may be a column of its own: what the type named makes way.
        var taken = united.Where(u => u.OnlyType is null).Select(u => u.Name).ToHashSet();
        for (var i = 0; i < united.Count; i++)
        {
            if (united[i].OnlyType is null) continue;
            united[i] = united[i] with { Name = Operator.Unused(united[i].Name, taken.Contains) };
            taken.Add(united[i].Name);
        }
        return united;
    }

    static string Word(KType type) => type.Name;

    static string Value(Binder binder, Sql? sql, KType type)
    {
        if (sql is not null) sql = type.Kind switch { Kind.String or Kind.Loose => binder.AsText(sql), Kind.Json when sql.Type.Kind != Kind.Json => binder.AsText(sql), _ => sql };
        return type.Kind switch
        {
            Kind.Bag => sql is null ? Bags.EmptyMap : binder.T(sql),
            Kind.List => $"CAST({(sql is null ? "[]" : binder.T(sql))} AS Array({(type.Of == Kind.String ? "String" : $"Nullable({Parameters.EngineType(type.Of)})")}))",
            _ when type.IsText => sql is null ? "''" : $"toString({binder.T(sql)})",
            _ => sql is null ? binder.T(Sql.Constant(type, null)) : $"toNullable({binder.T(sql)})",
        };
    }
}
