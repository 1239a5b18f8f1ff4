using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;

namespace Andon.Store.Query.Compilation;

/// <summary>
/// From a row of a result back to its events: the steps before the first that joins rows together, and a test for each key of the row.
/// Text of the row is bound as a literal.
/// </summary>
internal static class Drill
{
    public static string? Behind(Statement statement, IReadOnlyList<RowValue> row)
    {
        if (statement.Body.Source is PrintSource) return null;
        var steps = statement.Body.Operators;
        var before = steps.TakeWhile(o => o.KeepsRows).ToList();
        var between = steps.Skip(before.Count).TakeWhile(o => o is not (Summarize or Distinct or Count)).ToList();
        // A column that was renamed or made on the way has no name among the events.
        if (between.Any(o => o is not (Sort or Take or Top or Render or ProjectAway or ProjectKeep or ProjectReorder or Project) || o is Project p && p.Items.Any(i => i.Name is not null))) return null;
        IReadOnlyList<Item> keys = steps.Skip(before.Count + between.Count).FirstOrDefault() switch
        {
            Summarize s => s.Keys,
            Distinct d => d.Items,
            _ => [],
        };
        Expr? test = null;
        for (var i = 0; i < keys.Count; i++)
        {
            var name = keys[i].Name ?? Project.NameOf(keys[i].Value, i + 1);
            if (row.FirstOrDefault(v => v.Name == name) is not { } cell || Is(keys[i].Value, cell) is not { } one) continue;
            test = test is null ? one : new Binary(0, "and", test, one);
        }
        if (test is not null) before.Add(new Where(0, test));
        return (statement with { Body = statement.Body with { Operators = before } }).ToString();
    }

    static Expr? Is(Expr key, RowValue cell)
    {
        if (cell.Value is null) return new Call(0, "isempty", [key]);
        if (cell.Value.Length == 0 && cell.Type is "string" or "dynamic") return new Call(0, "isempty", [key]);
        var type = cell.Type is "dynamic" ? "string" : cell.Type;
        return SearchValues.Read(type, cell.Value) is { } value ? new Binary(0, "==", key, value) : null;
    }
}
