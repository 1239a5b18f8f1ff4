using Andon.Store.Query.Ast;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>Functions that look at other rows, by the manual: each walks the rows from the first to the one in question.</summary>
sealed class Window(Rows rows, int at, Func<IReadOnlyList<string>, object?[], Window?, Scalar> scalar)
{
    public static readonly HashSet<string> Functions = ["prev", "next", "row_number", "row_cumsum", "row_rank_dense", "row_rank_min"];

    object? On(int row, Expr expr) => scalar(rows.Columns, rows.Items[row], new(rows, row, scalar)).Of(expr);

    public object? Of(Call call)
    {
        var a = call.Arguments;
        switch (call.Function)
        {
            case "prev" or "next":
                var away = a.Count > 1 ? (int)(long)On(at, a[1])! : 1;
                var there = call.Function == "prev" ? at - away : at + away;
                if (there >= 0 && there < rows.Items.Count) return On(there, a[0]);
                return a.Count > 2 ? On(at, a[2]) : rows.Nothing(((Name)a[0]).Text);
            case "row_number":
                var first = a.Count > 0 ? (long)On(at, a[0])! : 1;
                return first + at - Begin(a, 1);
            case "row_cumsum":
                object sum = 0L;
                for (var i = Begin(a, 1); i <= at; i++)
                    if (On(i, a[0]) is { } value) sum = Scalar.Arithmetic("+", sum, value)!;
                return sum;
            default:
                long dense = 0, least = 0;
                for (var i = Begin(a, 1); i <= at; i++)
                {
                    if (i > Begin(a, 1) && Value.Text(On(i, a[0])) == Value.Text(On(i - 1, a[0]))) continue;
                    dense++;
                    least = i - Begin(a, 1) + 1;
                }
                return call.Function == "row_rank_dense" ? dense : least;
        }
    }

    /// <summary>The row at which the restart last held, or the first.</summary>
    int Begin(IReadOnlyList<Expr> arguments, int place)
    {
        if (arguments.Count <= place) return 0;
        for (var i = at; i > 0; i--)
            if (Value.Bool(On(i, arguments[place])) == true) return i;
        return 0;
    }
}
