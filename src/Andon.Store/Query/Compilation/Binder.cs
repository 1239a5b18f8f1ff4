using System.Globalization;
using System.Text.Json;
using Andon.Store.Events;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Functions;
using Andon.Store.Query.Operators;

namespace Andon.Store.Query.Compilation;

/// <summary>
/// Gives every expression its type and engine text in one scope, and folds constants. One instance binds one operator's expressions;
/// <paramref name="grouping"/> is true inside summarize, where aggregates may stand.
/// </summary>
internal sealed partial class Binder(Compiler compiler, Shape scope, bool grouping = false)
{
    /// <summary>May prev(), row_number() and their kin stand here? In extend, project and where they may.</summary>
    public bool MayLook { get; init; }

    bool insideAggregate;
    bool filtering;
    int lambdas;

    public Compiler Compiler { get; } = compiler;
    public Shape Scope { get; } = scope;
    public Parameters Parameters => Compiler.Parameters;

    public string T(Sql sql) => Parameters.Text(sql);

    public Sql Fault(string code, int at, string message, string hint)
    {
        Compiler.Faults.Add(code, at, message, hint);
        return Sql.Unknown;
    }

    public Sql Bind(Expr expr) => expr switch
    {
        Literal l => Sql.Constant(l.Type, l.Value ?? (l.Type.IsText ? "" : null)),
        DynamicLiteral d => Dynamic(d),
        Name n => BindName(n),
        Negate n => Arithmetic(n.At, "-", Sql.Long(0), Bind(n.Of)) is { } r && n.Of is not null ? r : Sql.Unknown,
        Binary { Operator: "and" or "or" } b => Logic(b),
        Binary { Operator: "+" or "-" or "*" or "/" or "%" } b => Arithmetic(b.At, b.Operator, Bind(b.Left), Bind(b.Right)),
        Binary b => Relation(b, filter: false),
        InList i => InOf(i),
        Between b => BetweenOf(b),
        Call c => CallOf(c),
        Member m => Property(m.At, Bind(m.Of), m.Property),
        Ast.Index i => IndexOf(i),
        Subquery q => Fault("KQL032", q.At, "A table is no value.", "toscalar(…) takes the first column of its first row; `in (…)` takes its first column."),
        Named n => Fault("KQL003", n.At, $"`{n.Name} = …` names an argument; no function here has one.", "Only functions of your own have named arguments."),
        TypeOf t => Sql.String(t.Type.Name),
        Star s => Fault("KQL003", s.At, "`*` stands for columns only in count(*), arg_max, arg_min, take_any and search.", "Name a column."),
        _ => Sql.Unknown,
    };

    /// <summary>A test of rows: anything that is or can be read as true or false.</summary>
    public Sql BindTest(Expr expr)
    {
        // A top-level test need not tell null from false, so an index can serve it.
        filtering = expr is InList { Operator: "in" or "in~" };
        var bound = expr is Binary { Operator: not ("and" or "or" or "+" or "-" or "*" or "/" or "%") } b ? Relation(b, filter: true) : Bind(expr);
        filtering = false;
        return bound.Type.Kind switch
        {
            Kind.Bool or Kind.Unknown => bound,
            Kind.Loose => bound with { Text = $"(lower({T(bound)}) = 'true')", Type = KType.Bool, IsConstant = false },
            _ => Fault("KQL013", expr.At, $"A condition is expected, this is a {bound.Type.Name}.", "Compare it with something."),
        };
    }

    // Names ---------------------------------------------------------------------------------------------------

    Sql BindName(Name name)
    {
        var found = Lookup(name.Text, name.At);
        if (grouping && !insideAggregate && found is { IsConstant: false, Type.Kind: not Kind.Unknown, Aggregated: false } && !groupColumns.Contains(name.Text))
            return Fault("KQL015", name.At, $"`{name.Text}` stands outside an aggregate.", $"Write take_any({name.Text}), or group `by {name.Text}`.");
        return found;
    }

    readonly HashSet<string> groupColumns = [];

    Sql Lookup(string name, int at)
    {
        if (Scope.Lost) return Sql.Unknown;
        if (Scope.FindTimeToo(name) is { } column) return column.Sql;
        if (name.StartsWith('$')) return Fault("KQL032", at, $"`{name}` is not offered.", "union withsource=name tells each row's table; in `on`, $left.a == $right.b.");
        for (var dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            if (Scope.Find(name[..dot]) is not { } head || head.Sql.Type.Kind is not (Kind.Json or Kind.Bag or Kind.Loose)) continue;
            if (head.Sql.Type.Kind == Kind.Bag) return FromBag(name[(dot + 1)..], T(head.Sql));
            return name[(dot + 1)..].Split('.').Aggregate(head.Sql, (of, part) => Property(at, of, part));
        }
        if (Compiler.Find(name) is { } bound)
            return bound.Let switch
            {
                LetBound argument => argument.Value,
                // A let value sees no columns, only constants and other lets.
                LetValue value => Compiler.Inside(at, value, bound.In, () => Without().Bind(value.Value)) ?? Sql.Unknown,
                LetTable => Fault("KQL013", at, $"`{name}` is a table, not a value.", "Tables stand at the beginning of a pipeline, in toscalar(…) and in `in (…)`."),
                LetFunction => Fault("KQL013", at, $"`{name}` is a function.", $"{name}(…)"),
                _ => Sql.Unknown,
            };
        if (Scope is { Foreign: true, Open: true, Bag: { } unknown }) return FromParts(name, unknown);
        if (Scope is { Open: true, Bag: { } bag }) return FromParts(name, bag, at);
        var near = Words.Nearest(name, Scope.Columns.Select(c => c.Name));
        return Fault("KQL010", at, $"There is no column `{name}` here.", near is not null ? $"`{near}`?" : $"Columns are {Shown(Scope.Columns)}.");
    }

    static string Shown(List<Column> columns) =>
        columns.Count == 0 ? "none" : string.Join(", ", columns.Take(12).Select(c => c.Name)) + (columns.Count > 12 ? " …" : "");

    /// <summary>A binder that sees no columns.</summary>
    public Binder Without() => new(Compiler, new Shape { From = "", Lost = Scope.Lost });

    Sql FromBag(string name, string bag) => bag == EventTables.WholeBag ? FromParts(name, Tables.BagParts) : OfBag(name, $"{bag}[{Parameters.String(name)}]");

    /// <summary>A field that may stand in raw or in the bag. See <see cref="Tables.BagParts"/>.</summary>
    Sql FromParts(string name, string parts, int at = -1)
    {
        var known = Tables.Plain.GetValueOrDefault(name);
        if (at >= 0 && known is null && Words.Nearest(name, Scope.Columns.Select(c => c.Name)) is { } near && Math.Abs(near.Length - name.Length) <= 1 && near.Length > 5)
            Compiler.Faults.Warn("KQL063", at, $"`{name}` is no field of the catalogue; it is looked for in the bag.", $"`{near}`?");
        var (bag, spans, raw) = Bags.Parts(parts);
        var span = $"{spans}[{Parameters.String(name)}]";
        var value = OfBag(name, $"if({span} != 0, {EventTables.SpanText(raw, span)}, {bag}[{Parameters.String(name)}])");
        return parts == Tables.BagParts ? value with { Present = $"({Has(spans)} OR {Has(bag)})" } : value;

        string Has(string map) => $"mapContains({map}, {Parameters.String(name)})";
    }

    static Sql OfBag(string name, string text)
    {
        var known = Tables.Plain.GetValueOrDefault(name);
        return known?.Type == Model.FieldType.Long ? new($"toInt64OrNull({text})", KType.Long, true, 6) : new(text, KType.Loose, false, 6);
    }

    // Dynamic values ------------------------------------------------------------------------------------------

    Sql Property(int at, Sql of, string property)
    {
        if (of.Type.Kind == Kind.Unknown) return of;
        if (of.Type.Kind == Kind.Bag) return FromBag(property, T(of));
        of = Short(of);
        if (of.Type.Kind is not (Kind.Json or Kind.Loose or Kind.String))
            return Fault("KQL013", at, $"A {of.Type.Name} has no properties.", "Only dynamic values do; see parse_json().");
        return new($"JSONExtractRaw({T(of)}, {Parameters.String(property)})", KType.Json, false, Math.Max(of.Cost, 6)) { Aggregated = of.Aggregated };
    }

    Sql IndexOf(Ast.Index index)
    {
        if (Flat(index) is { } path && Scope.Open && Scope.Find(path) is null && Root(index) is { } root && Scope.Find(root) is null && Compiler.Find(root) is null) return Lookup(path, index.At);
        if (Flat(index) is { } whole && Scope.Find(whole) is { } column) return column.Sql;
        var of = Bind(index.Of);
        var by = Bind(index.By);
        if (of.Type.Kind == Kind.Unknown || by.Type.Kind == Kind.Unknown) return Sql.Unknown;
        if (by.ConstantText is { } property) return Property(index.At, of, property);
        if (!by.IsConstant && of.Type.Kind is Kind.List or Kind.Json or Kind.Loose && by.Type.Kind is Kind.Long or Kind.String or Kind.Loose) return Chosen(of, by);
        if (by is not { IsConstant: true, Value: long number }) return Fault("KQL014", index.By.At, "An index is a property name or a whole number.", "Write ['name'] or [0].");
        if (of.Type.Kind == Kind.List)
        {
            var item = $"arrayElement({T(of)}, {Parameters.Long(number < 0 ? number : number + 1)})";
            var text = of.Type.Of is Kind.String or Kind.Json or Kind.Loose ? item : $"if(length({T(of)}) > {Parameters.Long(number < 0 ? -number - 1 : number)}, {item}, NULL)";
            return new(text, new(of.Type.Of), of.Type.Of is not (Kind.String or Kind.Json or Kind.Loose), of.Cost) { Aggregated = of.Aggregated };
        }
        of = Short(of);
        if (of.Type.Kind is Kind.Json or Kind.Loose)
            return new($"if({IsList(of)}, JSONExtractRaw({T(of)}, {Parameters.Long(number < 0 ? number : number + 1)}), '')", KType.Json, false, Math.Max(of.Cost, 6)) { Aggregated = of.Aggregated };
        return Fault("KQL013", index.At, $"A {of.Type.Name} has no items.", "Only dynamic values do; see split() and parse_json().");
    }

    /// <summary>The item or property that each row names for itself.</summary>
    Sql Chosen(Sql of, Sql by)
    {
        of = Short(of);
        if (of.Type.Kind == Kind.List) of = AsText(of) with { Type = KType.Json };
        var (json, place) = (T(of), T(by));
        var text = by.Type.Kind == Kind.Long
            ? $"if({IsList(of)}, JSONExtractRaw({json}, assumeNotNull(ifNull({place} + if({place} < 0, 0, 1), 0))), '')"
            : $"JSONExtractRaw({json}, {place})";
        return new(text, KType.Json, false, Math.Max(Math.Max(of.Cost, by.Cost), 6)) { Aggregated = of.Aggregated || by.Aggregated };
    }

    /// <summary>The engine would count a bag's properties too: in Kusto a bag has no item of a number.</summary>
    string IsList(Sql of) => of.Type.Kind == Kind.Json ? $"startsWith({T(of)}, '[')" : $"JSONType({T(of)}) = 'Array'";

    /// <summary><c>a['b'].c</c> as the name <c>a.b.c</c>.</summary>
    static string? Flat(Expr expr) => expr switch
    {
        Name n => n.Text,
        Ast.Index { By: Literal { Value: string s } } i when Flat(i.Of) is { } head => $"{head}.{s}",
        Member m when Flat(m.Of) is { } head => $"{head}.{m.Property}",
        _ => null,
    };

    static string? Root(Expr expr) => expr switch
    {
        Name n => n.Text,
        Ast.Index i => Root(i.Of),
        Member m => Root(m.Of),
        _ => null,
    };

    static Sql Dynamic(DynamicLiteral literal)
    {
        using var json = JsonDocument.Parse(literal.Json);
        var root = json.RootElement;
        if (root.ValueKind == JsonValueKind.Array)
        {
            if (root.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String))
                return Sql.Constant(KType.ListOf(Kind.String), root.EnumerateArray().Select(e => e.GetString()!).ToArray());
            if (root.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt64(out _)))
                return Sql.Constant(KType.ListOf(Kind.Long), root.EnumerateArray().Select(e => e.GetInt64()).ToArray());
        }
        return root.ValueKind == JsonValueKind.Null ? Sql.Constant(KType.Json, "") : Sql.Constant(KType.Json, literal.Json);
    }

    /// <summary>
    /// A long expression that is about to be put into another, often several times over, is worked out once beneath this scope and then
    /// named: else properties of properties would grow without end.
    /// </summary>
    Sql Short(Sql sql) =>
        sql.Text.Length <= 2 * Limits.InlineCharsMax || sql.IsConstant || sql.Aggregated || Scope.From.Length == 0 || Scope.Lost ? sql : sql.As(Hidden(sql.Text)) with { Cost = sql.Cost };

    // Logic ---------------------------------------------------------------------------------------------------

    Sql Logic(Binary b)
    {
        // Chains of one word are one flat test, so that long lists do not nest.
        var parts = new List<Sql>();
        Gather(b, b.Operator, parts);
        if (parts.Any(p => p.Type.Kind == Kind.Unknown)) return Sql.Unknown;
        var and = b.Operator == "and";
        if (parts.Any(p => p is { IsConstant: true, Value: bool v } && v != and)) return Sql.Bool(!and);
        parts.RemoveAll(p => p is { IsConstant: true, Value: bool });
        if (parts.Count == 0) return Sql.Bool(and);
        if (parts.Count == 1) return parts[0];
        var ordered = parts.OrderBy(p => p.Cost).ToList();
        return new($"({string.Join(and ? " AND " : " OR ", ordered.Select(T))})", KType.Bool, parts.Any(p => p.Nullable), parts.Max(p => p.Cost)) { Aggregated = parts.Any(p => p.Aggregated) };
    }

    void Gather(Expr expr, string word, List<Sql> to)
    {
        var waiting = new Stack<Expr>([expr]);
        while (waiting.TryPop(out var next))
        {
            if (next is Binary b && b.Operator == word)
            {
                waiting.Push(b.Right);
                waiting.Push(b.Left);
                continue;
            }
            var bound = Bind(next);
            to.Add(bound.Type.Kind switch
            {
                Kind.Bool or Kind.Unknown => bound,
                Kind.Loose => bound with { Text = $"(lower({T(bound)}) = 'true')", Type = KType.Bool, IsConstant = false },
                _ => Fault("KQL013", next.At, $"`{word}` joins conditions, this is a {bound.Type.Name}.", "Compare it with something."),
            });
        }
    }

    // Calls ---------------------------------------------------------------------------------------------------

    Sql CallOf(Call call)
    {
        if (Compiler.Find(call.Function) is { Let: LetFunction own } bound) return Calls.Value(call, own, bound.In, this);
        if (call.Function == "toscalar") return ToScalar(call);
        if (Windows.Contains(call.Function)) return WindowOf(call);
        if (AggregateTable.All.TryGetValue(call.Function, out var aggregate)) return AggregateOf(call, aggregate);
        if (!FunctionTable.All.TryGetValue(call.Function, out var function)) return UnknownFunction(call);
        if (call.Arguments.Count < function.Min || call.Arguments.Count > function.Max)
            return Fault("KQL012", call.At, $"`{call.Function}` takes {Count(function.Min, function.Max)}, not {call.Arguments.Count}.", function.Signature);
        var arguments = new Sql[call.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = Bind(call.Arguments[i]);
        foreach (var argument in arguments)
            if (argument.Type.Kind == Kind.Unknown && !(argument.IsConstant && function.Name is "iff" or "iif" or "case" or "coalesce" or "isnull")) return Sql.Unknown;
        for (var i = 0; i < arguments.Length; i++) arguments[i] = Short(arguments[i]);
        var made = function.Build(new(this, call, arguments));
        return made.IsConstant ? made : made with { Aggregated = made.Aggregated || arguments.Any(a => a.Aggregated), Cost = Math.Max(made.Cost, arguments.Length == 0 ? 0 : arguments.Max(a => a.Cost)) };
    }

    Sql AggregateOf(Call call, Aggregate aggregate)
    {
        if (!grouping) return Fault("KQL015", call.At, $"`{call.Function}` is an aggregate: it stands in summarize only.", $"… | summarize {call} by …");
        if (insideAggregate) return Fault("KQL015", call.At, "An aggregate cannot hold another one.", "Use two summarize steps.");
        if (call.Arguments.Count < aggregate.Min || call.Arguments.Count > aggregate.Max)
            return Fault("KQL012", call.At, $"`{call.Function}` takes {Count(aggregate.Min, aggregate.Max)}, not {call.Arguments.Count}.", aggregate.Signature);
        insideAggregate = true;
        var arguments = call.Arguments.Select(a => a is Star ? new Sql("", KType.Unknown, false, 0) { IsConstant = true } : Bind(a)).ToArray();
        insideAggregate = false;
        for (var i = 0; i < arguments.Length; i++)
            if (arguments[i].Type.Kind == Kind.Unknown && call.Arguments[i] is not Star) return Sql.Unknown;
        return aggregate.Build(new(this, call, arguments)) with { Aggregated = true };
    }

    Sql UnknownFunction(Call call)
    {
        foreach (var argument in call.Arguments) Bind(argument);
        if (KnownElsewhere.Functions.Contains(call.Function))
            return Fault("KQL031", call.At, $"`{call.Function}` is a Kusto function that Andon does not offer yet.", "See the list of functions in the editor's help.");
        var near = Words.Nearest(call.Function, FunctionTable.All.Keys.Concat(AggregateTable.All.Keys));
        return Fault("KQL011", call.At, $"There is no function `{call.Function}`.", near is null ? "See the list of functions in the editor's help." : $"`{near}`?");
    }

    static string Count(int min, int max) => max == min ? string.Create(CultureInfo.InvariantCulture, $"{min} argument{(min == 1 ? "" : "s")}")
        : max == int.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"at least {min} arguments")
        : string.Create(CultureInfo.InvariantCulture, $"{min} to {max} arguments");

    public string Lambda() => string.Create(CultureInfo.InvariantCulture, $"x{Compiler.Alias()[1..]}_{++lambdas}");
}
