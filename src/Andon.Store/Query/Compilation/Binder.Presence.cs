using System.Collections.Frozen;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>Which tests only an event that has the field can pass.</summary>
internal sealed partial class Binder
{
    static readonly FrozenSet<string> WantsPresence = new[]
    {
        "==", "=~", ">", ">=", "<", "<=", "has", "has_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs", "contains", "contains_cs",
        "startswith", "startswith_cs", "endswith", "endswith_cs", "in", "in~", "has_any", "has_all",
    }.ToFrozenSet();

    /// <summary>The test behind the question whether the event has the field at all: blocks without that name are skipped by the indexes of names.</summary>
    public Sql WherePresent(Expr part, Sql test)
    {
        var (of, op, against) = part switch
        {
            Binary b => (b.Left, b.Operator, [b.Right]),
            InList l => (l.Left, l.Operator, l.Items),
            _ => ((Expr?)null, "", (IReadOnlyList<Expr>)[]),
        };
        if (of is not Name || !WantsPresence.Contains(op) || against.Count == 0 || test.IsConstant) return test;
        // A missing field is the empty text, so a test that '' could pass says nothing: '' itself, and what any text is greater than.
        foreach (var item in against)
            if (item is not Literal { Value: string { Length: > 0 } or long or double or bool } literal || (op is "<" or "<=" && literal.Value is string)) return test;
        return Bind(of).Present is { } present ? test with { Text = $"{present} AND {T(test)}" } : test;
    }
}
