using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;

namespace Andon.Store.Query.Compilation;

/// <summary>Queries inside expressions: toscalar(…), and lists that are the first column of a table.</summary>
internal sealed partial class Binder
{
    /// <summary>First column of the first row; null, or '' for text, when there is no row.</summary>
    Sql ToScalar(Call call)
    {
        if (call.Arguments.Count != 1) return Fault("KQL012", call.At, $"`toscalar` takes 1 argument, not {call.Arguments.Count}.", "toscalar(T | summarize max(timestamp))");
        if (call.Arguments[0] is not (Subquery or Name or Call)) return Bind(call.Arguments[0]);
        // A value in it is that value.
        if (call.Arguments[0] is Name or Call && !IsTable(call.Arguments[0])) return Bind(call.Arguments[0]);
        var shape = Compiler.Open(call.At, "toscalar", call.Arguments[0]);
        if (shape.Lost) return Sql.Unknown;
        if (shape.Columns.Count == 0) return shape.Foreign ? Sql.String("") with { Type = KType.Loose } : Fault("KQL013", call.At, "The table has no column.", "project the one that is meant.");
        var first = shape.Columns[0].Sql;
        shape = shape.With([new("first", Sql.HasNull(first.Type) && !first.Nullable ? first.As($"toNullable({T(first)})") with { Nullable = true } : first)]);
        shape.Limit = Math.Min(shape.Limit ?? 1, 1);
        var selected = Compiler.Select(shape);
        // Without a row the engine would give no value at all; an aggregate always gives one.
        return new($"(SELECT any({selected.Shape.Columns[0].Sql.Text}) FROM ({selected.Text}))", first.Type, Sql.HasNull(first.Type), 1) { Aggregated = grouping && !insideAggregate };
    }

    bool IsTable(Expr expr) => expr switch
    {
        Subquery => true,
        Name n when Scope.FindTimeToo(n.Text) is not null => false,
        Name n => Compiler.Find(n.Text) is { } bound ? IsTable(bound.Let) : Tables.All.ContainsKey(n.Text),
        Call c => c.Function is "materialize" or "table" && !Functions.FunctionTable.All.ContainsKey(c.Function) || Compiler.Find(c.Function) is { Let: LetFunction } bound && IsTable(bound.Let),
        _ => false,
    };

    bool IsTable(Let let) => let switch
    {
        LetTable or LetBad => true,
        LetValue value => IsTable(value.Value),
        LetFunction function => function.Body is Subquery || function.Body is Name n && function.Parameters.Any(p => p.Name == n.Text && p.Columns is not null) || function.Body is Name other && function.Parameters.All(p => p.Name != other.Text) && IsTable(other),
        _ => false,
    };

    Expr? TableOf(InList list) => list.Items is [var only] && IsTable(only) ? only : null;

    /// <summary>First column of a table, as a subquery that gives one column.</summary>
    (Sql Item, Func<Func<Sql, string>, string> Select)? Column(int at, Expr table)
    {
        var shape = Compiler.Open(at, "in", table);
        if (shape.Lost || shape.Columns.Count == 0) return null;
        // With a limit the rows are taken first; else the one column is all that is read.
        if (shape.Limit is not null) shape = Compiler.Close(shape);
        var first = shape.Columns[0].Sql;
        return (first, of => $"(SELECT {of(first)} FROM {shape.From}{shape.Where})");
    }

    Sql InTable(InList list, Sql left, Expr table)
    {
        if (left.Type.Kind == Kind.Unknown) return left;
        if (Column(list.At, table) is not { } column) return Sql.Unknown;
        var negated = list.Operator[0] == '!';
        if (list.Operator is "has_any" or "has_all")
        {
            var words = column.Select(c => $"groupUniqArray(toString({T(AsText(c))}))");
            var all = new Sql(words, KType.ListOf(Kind.String), false, 3);
            return HasValues(list, left, all);
        }
        var cased = list.Operator[^1] != '~';
        if (left.Type.Kind == Kind.List) return Any(left, member => InColumn(list, member, column.Item, column.Select, cased), negated);
        var test = InColumn(list, left, column.Item, column.Select, cased);
        return !negated || test.Type.Kind == Kind.Unknown ? test : test with { Text = $"NOT {test.Text}" };
    }

    Sql InColumn(InList list, Sql left, Sql item, Func<Func<Sql, string>, string> select, bool cased)
    {
        Sql Test(string a, Func<Sql, string> b) => new($"ifNull({a} IN {select(b)}, false)", KType.Bool, false, Math.Max(2, left.Cost)) { Aggregated = left.Aggregated };
        var textual = (left.Type.IsText || left.Type.Kind == Kind.Ip) && (item.Type.IsText || item.Type.Kind == Kind.Ip);
        if (textual) return cased || left.Type.Kind == Kind.Ip ? Test($"toString({T(AsText(left))})", c => $"toString({T(AsText(c))})") : Test($"lower({T(AsText(left))})", c => $"lower({T(AsText(c))})");
        if (left.Type.IsNumber && item.Type.IsNumber && left.Type.Kind != item.Type.Kind) return Test(T(AsReal(left)), c => T(AsReal(c)));
        if (left.Type.Kind == item.Type.Kind && Sql.HasNull(left.Type)) return Test(T(left), T);
        if (item.Type.IsText || left.Type.IsText)
        {
            var of = left.Type.IsText ? item.Type : left.Type;
            Func<Sql, Sql>? cast = of.Kind switch { Kind.Long => AsLong, Kind.Real => AsReal, Kind.DateTime => AsTime, Kind.Bool => AsBool, _ => null };
            var (a, b) = (left.Type.Kind, item.Type.Kind);
            if (cast is not null && (a is Kind.Loose or Kind.Json || b is Kind.Loose or Kind.Json)) return Test(T(cast(left)), c => T(cast(c)));
        }
        return Fault("KQL013", list.At, $"A {left.Type.Name} is not looked for among {item.Type.Name} values.", "Cast one side with tostring() or tolong().");
    }

    /// <summary>A list that only the row knows.</summary>
    Sql InValues(InList list, Sql left, Sql values)
    {
        if (left.Type.Kind == Kind.Unknown) return left;
        if (list.Operator is "has_any" or "has_all") return HasValues(list, left, values);
        var negated = list.Operator[0] == '!';
        var cased = list.Operator[^1] != '~';
        var x = Lambda();
        var (text, item) = values.Type.Kind == Kind.List ? (T(values), new Sql(x, new(values.Type.Of), values.Type.Of is not Kind.String, 1)) : ($"JSONExtractArrayRaw({T(values)})", new Sql(SqlText.JsonText(x), KType.Loose, false, 1));
        Sql One(Sql member)
        {
            var test = cased || !member.Type.IsText ? Compare(list.At, "==", member, item) : StringRelation(list.At, "=~", member, item, list.At);
            return test.Type.Kind == Kind.Unknown ? test : new($"arrayExists({x} -> {(test.Nullable ? $"ifNull({T(test)}, false)" : T(test))}, {text})", KType.Bool, false, Math.Max(values.Cost, left.Cost) + 2) { Aggregated = left.Aggregated || values.Aggregated };
        }
        if (left.Type.Kind == Kind.List) return Any(left, One, negated);
        var found = One(left);
        return !negated || found.Type.Kind == Kind.Unknown ? found : found with { Text = $"NOT {found.Text}" };
    }

    /// <summary>has_any and has_all over words that are no constants: a pattern is made of each.</summary>
    Sql HasValues(InList list, Sql left, Sql values)
    {
        var hay = WantText(list.At, left, list.Operator);
        if (hay.Type.Kind == Kind.Unknown) return hay;
        var x = Lambda();
        var (text, word) = values.Type.Kind == Kind.List ? (T(values), $"toString({x})") : ($"JSONExtractArrayRaw({T(values)})", SqlText.JsonText(x));
        var (begin, end) = (Parameters.String(Terms.Begin), Parameters.String(Terms.End));
        // Only an edge that is a letter or digit must be the edge of a term.
        var pattern = $"concat(if(match({word}, {Parameters.String(Terms.StartsTerm)}), {begin}, ''), regexpQuoteMeta(lower({word})), if(match({word}, {Parameters.String(Terms.EndsTerm)}), {end}, ''))";
        return new($"{(list.Operator == "has_any" ? "arrayExists" : "arrayAll")}({x} -> match(lower({T(hay)}), {pattern}), {text})", KType.Bool, false, hay.Cost + 5) { Aggregated = hay.Aggregated || values.Aggregated };
    }
}
