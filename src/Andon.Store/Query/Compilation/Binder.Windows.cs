using System.Collections.Frozen;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>
/// Functions that look at the rows before and after: prev, next, row_number, row_cumsum, row_rank_dense, row_rank_min. They want rows in an
/// order (after sort, top, serialize, range or datatable) and stand in extend, project, where and serialize.
/// </summary>
internal sealed partial class Binder
{
    /// <summary>Name, signature and meaning, for the editor's help.</summary>
    public static readonly IReadOnlyList<(string Name, string Signature, string Meaning)> WindowFunctions =
    [
        ("prev", "prev(any, [rows], [default]) → same", "The value in the row before; rows must have an order."),
        ("next", "next(any, [rows], [default]) → same", "The value in the row after."),
        ("row_number", "row_number([first], [restart]) → long", "The row's number; restart is a condition that begins anew."),
        ("row_cumsum", "row_cumsum(number, [restart]) → number", "The sum of the rows so far."),
        ("row_rank_dense", "row_rank_dense(any, [restart]) → long", "How many different values there were so far."),
        ("row_rank_min", "row_rank_min(any, [restart]) → long", "The number of the first row with this value."),
    ];

    static readonly FrozenSet<string> Windows = WindowFunctions.Select(f => f.Name).ToFrozenSet();

    Sql WindowOf(Call call)
    {
        if (Scope.Lost) return Sql.Unknown;
        if (!MayLook) return Fault("KQL016", call.At, $"`{call.Function}` looks at other rows: it stands in extend, project, where and serialize only.", $"… | extend x = {call.Function}(…) | …");
        if (!Scope.Serial) return Fault("KQL016", call.At, $"`{call.Function}` wants rows in an order.", "sort by timestamp asc | … before it, or serialize.");
        Compiler.Windows++;
        var arguments = call.Arguments.Select(Bind).Select(a => a.Text.Contains(" OVER (", StringComparison.Ordinal) ? a.As(Hidden(a.Text)) : a).ToArray();
        if (arguments.Any(a => a.Type.Kind == Kind.Unknown)) return Sql.Unknown;
        return call.Function switch
        {
            "prev" or "next" when arguments.Length is >= 1 and <= 3 => Neighbour(call, arguments),
            "row_number" when arguments.Length <= 2 => RowNumber(call, arguments),
            "row_cumsum" when arguments.Length is 1 or 2 => CumulativeSum(call, arguments),
            "row_rank_dense" when arguments.Length is 1 or 2 => Rank(call, arguments, "1"),
            "row_rank_min" when arguments.Length is 1 or 2 => Rank(call, arguments, null),
            _ => Fault("KQL012", call.At, $"`{call.Function}` does not take {arguments.Length} arguments.", "prev(x, 1, default), next(x), row_number(1, restart), row_cumsum(x, restart), row_rank_dense(x, restart)"),
        };
    }

    string Over(string? partition = null, string frame = "")
    {
        var by = new List<string>();
        if (Scope.Each is { } each) by.Add(each.Row);
        if (partition is not null) by.Add(partition);
        return $"OVER ({(by.Count > 0 ? $"PARTITION BY {string.Join(", ", by)}" : "")}{Scope.OrderBy}{(frame.Length > 0 ? $" ROWS BETWEEN {frame}" : "")})";
    }

    const string AllRows = "UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";
    const string SoFar = "UNBOUNDED PRECEDING AND CURRENT ROW";

    Sql Neighbour(Call call, Sql[] a)
    {
        var away = a.Length > 1 ? a[1] : Sql.Long(1);
        if (away is not { IsConstant: true, Value: long and >= 0 } || away.Type.Kind != Kind.Long) return Fault("KQL014", call.Arguments[1].At, "How far to look is a constant whole number.", $"{call.Function}(x, 1)");
        var of = a[0];
        if (of.IsNull) return of;
        if (of.Type.Kind == Kind.List || of.Type.Kind == Kind.Bag) of = AsText(of) with { Type = KType.Json };
        // A row that is not there has null, or '' where there is no null.
        var missing = a.Length > 2 ? a[2] : Sql.Constant(of.Type, of.Type.IsText ? "" : null);
        if (missing.Type.Kind != of.Type.Kind && !(missing.Type.IsText && of.Type.IsText))
        {
            if (missing.Type.Kind == Kind.Long && of.Type.Kind == Kind.Real) missing = AsReal(missing);
            else return Fault("KQL013", call.Arguments[2].At, $"The default is a {missing.Type.Name}, the value a {of.Type.Name}.", "Cast it.");
        }
        var (text, otherwise) = Sql.HasNull(of.Type) ? ($"toNullable({T(of)})", $"toNullable({T(missing)})") : ($"toString({T(of)})", $"toString({T(missing)})");
        var function = call.Function == "prev" ? "lagInFrame" : "leadInFrame";
        var engine = Parameters.EngineType(of.Type.Kind);
        if (Sql.HasNull(of.Type)) (text, otherwise) = ($"CAST({T(of)} AS Nullable({engine}))", $"CAST({T(missing)} AS Nullable({engine}))");
        return new($"{function}({text}, {Parameters.Count((long)away.Value)}, {otherwise}) {Over(frame: AllRows)}", of.Type, Sql.HasNull(of.Type), Math.Max(2, of.Cost));
    }

    Sql RowNumber(Call call, Sql[] a)
    {
        var start = a.Length > 0 ? a[0] : Sql.Long(1);
        if (start.Type.Kind != Kind.Long) return Fault("KQL013", call.At, $"Row numbers begin with a whole number, not a {start.Type.Name}.", "row_number(1)");
        var restart = a.Length > 1 ? Restart(call.Arguments[1].At, a[1]) : null;
        return new($"(toInt64(row_number() {Over(restart)}) - 1 + {T(start)})", KType.Long, start.Nullable, 2);
    }

    Sql CumulativeSum(Call call, Sql[] a)
    {
        var of = a[0].Type.Kind == Kind.TimeSpan ? a[0] : WantNumber(call.At, a[0], call.Function);
        var restart = a.Length > 1 ? Restart(call.Arguments[1].At, a[1]) : null;
        var text = $"ifNull({T(of)}, 0)";
        return new($"{(of.Type.Kind == Kind.Real ? "toFloat64" : "toInt64")}(sum({text}) {Over(restart, SoFar)})", of.Type, false, 2);
    }

    Sql Rank(Call call, Sql[] a, string? step)
    {
        // A rank grows where the value differs from the row before.
        var restart = a.Length > 1 ? Restart(call.Arguments[1].At, a[1]) : null;
        var key = $"toString({T(AsText(a[0]))})";
        var changed = Hidden($"{key} != lagInFrame({key}, 1, concat({key}, '.')) {Over(restart, AllRows)}");
        return step is not null
            ? new($"toInt64(sum({changed}) {Over(restart, SoFar)})", KType.Long, false, 2)
            : new($"toInt64(max(if({changed}, {Hidden($"row_number() {Over(restart)}")}, 0)) {Over(restart, SoFar)})", KType.Long, false, 2);
    }

    /// <summary>The number of the run a row belongs to: one more at each row where the test holds.</summary>
    string Restart(int at, Sql test)
    {
        if (test.Type.Kind is Kind.Loose or Kind.Json) test = AsBool(test);
        if (test.Type.Kind != Kind.Bool) Fault("KQL013", at, $"A condition is expected, not a {test.Type.Name}.", "row_number(1, prev(user.name) != user.name)");
        return Hidden($"sum(toUInt64(ifNull({T(test)}, false))) {Over(frame: SoFar)}");
    }

    /// <summary>Works an expression out in a SELECT of its own beneath this scope, and gives its name. A window cannot stand within another.</summary>
    string Hidden(string text)
    {
        var alias = Compiler.Alias();
        Scope.From = $"(SELECT *, {text} AS {alias} FROM {Scope.From}{Scope.Where})";
        Scope.Tests.Clear();
        return alias;
    }
}
